import Foundation
import Testing

@testable import CommandSupport

/// Errors of the file system as a person reads them, from the system itself.
@Suite struct FileSystemFaultTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("fault-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func fault(_ arguments: [String], _ action: () throws -> Void) throws -> FileSystemFault {
        let error = try #require(throws: (any Error).self) { try action() }
        return try #require(FileSystemFault(error, arguments: arguments))
    }

    @Test func foldersBelowAFileAreExplained() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let plain = folder.appending(path: "plain")
        try Data().write(to: plain)
        let output = plain.appending(path: "run").path
        for arguments in [["train", "a.yaml", "--output", output], ["--json", "--output=\(output)"]] {
            let fault = try fault(arguments) {
                try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            }
            #expect(fault.option == "--output")
            #expect(fault.message.hasPrefix("--output \(plain.path)"))
            #expect(fault.message.hasSuffix(": a file stands where a folder is needed; name another place"))
        }
    }

    @Test func missingFilesAreExplained() throws {
        let path = folder.appending(path: "none").path
        let fault = try fault(["ask", "--document", path]) { _ = try Data(contentsOf: URL(fileURLWithPath: path)) }
        #expect(fault.message == "--document \(path): No such file or directory: check the path")
        #expect(FileSystemFault(CancellationError(), arguments: []) == nil)
    }

    @Test func pathsOfNoOptionStandAlone() throws {
        let path = folder.appending(path: "none").path
        let fault = try fault(["ask", "--document", "other.txt", "--json"]) {
            _ = try FileManager.default.contentsOfDirectory(atPath: path)
        }
        #expect(fault.option == nil && fault.message.hasPrefix("\(path): No such file or directory"))
    }

    @Test func whatIsThereIsReplacedOnRequestAlone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ arguments: String...) throws -> String { try OutputOption.parse(arguments).path() }
        #expect(try path("--output", folder.path) == folder.path)
        #expect(try path("--output", folder.path + "/new") == folder.path + "/new")
        let file = folder.appending(path: "file").path
        try Data().write(to: URL(fileURLWithPath: file))
        for there in [file, folder.path] {
            #expect(throws: OutputExists(path: there)) { try path("--output", there) }
            #expect(try path("--output", there, "--overwrite") == there)
        }
    }
}
