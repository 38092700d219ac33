import Foundation
import LanguageModel
import ModelFiles
import Testing
import TinyModels

@testable import PERKModel

/// A real file that was cut off, as an interrupted download leaves it: always a typed error, whatever is missing.
@Suite(.enabled(if: !RealModel.path.isEmpty, "PERK_TEST_SMOLLM2 names no file"), .serialized)
struct RealModelDamageTests {
    private static let places = 64

    private let data: Data
    /// Where the table of contents ends and the tensors begin, and where the last of them ends.
    private let tensors: Range<Int>

    init() throws {
        data = try Data(contentsOf: URL(fileURLWithPath: RealModel.path), options: .alwaysMapped)
        let file = try GGUFFile(data: data)
        let ranges = try file.names.map { try file.entry($0).byteRange }
        tensors = try #require(ranges.map(\.lowerBound).min())..<#require(ranges.map(\.upperBound).max())
    }

    private func expectTruncated(_ length: Int, by read: () throws -> Void) {
        let error = #expect(throws: GGUFError.self, "\(length) bytes", performing: read)
        guard case .truncated(_, let found) = error?.problem else {
            Issue.record("\(length) bytes: \(String(describing: error))")
            return
        }
        #expect(found == length)
    }

    @Test func aTableOfContentsThatWasCutOffIsRefused() {
        for length in stride(from: 0, to: tensors.lowerBound, by: 4096) {
            expectTruncated(length) { _ = try GGUFFile(data: data.prefix(length)) }
        }
    }

    @Test func tensorsThatWereCutOffAreRefused() {
        for place in 0..<Self.places {
            let length = tensors.lowerBound + tensors.count * place / Self.places
            expectTruncated(length) { _ = try GGUFFile(data: data.prefix(length)) }
        }
        let length = tensors.upperBound - 1
        expectTruncated(length) { _ = try GGUFFile(data: data.prefix(length)) }
    }

    /// The same through the path by which models are loaded.
    @Test func aModelThatWasCutOffIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model.gguf")
        try FileManager.default.copyItem(atPath: RealModel.path, toPath: path)
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        for place in (0..<Self.places).reversed() {
            let length = data.count * place / Self.places
            try handle.truncate(atOffset: UInt64(length))
            expectTruncated(length) { _ = try BaseModel(path: path) }
        }
        try handle.close()
    }
}
