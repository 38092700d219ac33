import Foundation
import StrictJSON
import Testing

@testable import JSONRPC

/// A folder `allowed` with files, beside a file outside it.
@Suite final class AllowedDirectoriesTests {
    private let root: URL
    private let handler: MessageHandler

    init() throws {
        root = URL.temporaryDirectory.appending(path: UUID().uuidString)
        let allowed = root.appending(path: "allowed")
        let files = FileManager.default
        try files.createDirectory(at: allowed.appending(path: "sub"), withIntermediateDirectories: true)
        try files.createDirectory(at: root.appending(path: "allowed-not"), withIntermediateDirectories: true)
        try Data("Zoe lives in Oslo.".utf8).write(to: allowed.appending(path: "sub/good.txt"))
        try Data(repeating: UInt8(ascii: "a"), count: 1_000).write(to: allowed.appending(path: "full.txt"))
        try Data(repeating: UInt8(ascii: "a"), count: 1_001).write(to: allowed.appending(path: "large.txt"))
        try Data([0x61, 0xFF]).write(to: allowed.appending(path: "latin.txt"))
        try Data().write(to: allowed.appending(path: "empty.txt"))
        try Data("secret".utf8).write(to: root.appending(path: "allowed-not/secret.txt"))
        try files.createSymbolicLink(
            at: allowed.appending(path: "out.txt"), withDestinationURL: root.appending(path: "allowed-not/secret.txt"))
        try files.createSymbolicLink(
            at: allowed.appending(path: "in.txt"), withDestinationURL: allowed.appending(path: "sub/good.txt"))
        mkfifo(allowed.appending(path: "pipe").path, 0o600)
        // The directory itself is given through a link.
        try files.createSymbolicLink(at: root.appending(path: "link"), withDestinationURL: allowed)
        handler = try makeHandler(directories: [root.appending(path: "link").path])
    }

    deinit {
        try? FileManager.default.removeItem(at: root)
    }

    private func submit(_ path: String) async throws -> JSONValue? {
        try await handler.call("documents/submit", ["path": .string(root.path + "/" + path)])
    }

    @Test func aByteOrderMarkIsNoPartOfAText() throws {
        for (bytes, text) in [
            ("\u{FEFF}Zoe lives.\n", "Zoe lives.\n"), ("Zoe\u{FEFF}.", "Zoe\u{FEFF}."), ("\u{FEFF}", ""),
            ("\u{FEFF}\u{301}a", "\u{301}a"),
        ] {
            let path = root.appending(path: "allowed/mark.txt").path
            try Data(bytes.utf8).write(to: URL(fileURLWithPath: path))
            let read = try DocumentFile.text(at: path, byteLimit: 100)
            #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
        }
    }

    @Test(arguments: ["allowed/sub/good.txt", "link/in.txt", "allowed/../link/sub/../full.txt"])
    func below(path: String) async throws {
        #expect(try await submit(path)?["result"]?["cached"] == .boolean(false))
    }

    @Test(arguments: [
        "allowed-not/secret.txt", "allowed/out.txt", "allowed/../allowed-not/secret.txt", "allowed/none.txt", "allowed",
        "allowed/sub", "allowed/pipe", "allowed/latin.txt", "allowed/empty.txt", "allowed/sub/good.txt\0",
    ])
    func refused(path: String) async throws {
        let reply = try await submit(path)
        #expect(reply?.errorCode == -32602)
        #expect(reply?.errorParameter == "path")
    }

    @Test func whatIsOutsideIsNotToldFromWhatIsNotThere() async throws {
        let outside = try await submit("allowed-not/secret.txt")?["error"]
        #expect(try await submit("allowed-not/none.txt")?["error"] == outside)
    }

    @Test func fileOverTheLimit() async throws {
        #expect(try await submit("allowed/large.txt")?.errorCode == -32002)
    }

    @Test func theFileNameIsTheDefaultName() async throws {
        _ = try await submit("allowed/sub/good.txt")
        let listed = try await handler.call("documents/list")?.description
        #expect(listed?.contains(#""name":"good.txt""#) == true)
    }

    @Test func directoriesMustExist() {
        let path = root.path + "/none"
        #expect(throws: NoDirectoryError(path: path)) { try AllowedDirectories([path], byteLimit: 1) }
        let file = root.path + "/allowed/full.txt"
        #expect(throws: NoDirectoryError(path: file)) { try AllowedDirectories([file], byteLimit: 1) }
    }
}
