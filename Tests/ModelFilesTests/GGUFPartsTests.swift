import Foundation
import Tensors
import Testing

@testable import ModelFiles

/// A model in three files, against the same one in a single file (Fixtures/gguf/split.py).
@Suite final class GGUFPartsTests {
    private static let names = (1...3).map { "model-0000\($0)-of-00003.gguf" }
    private let folder: URL

    init() throws {
        folder = URL.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in Self.names {
            try FileManager.default.copyItem(
                at: GGUFTests.fixtures.appendingPathComponent("split/\(name)"), to: folder.appending(path: name))
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func path(_ part: Int) -> String { folder.appending(path: Self.names[part]).path }

    private func problem(_ part: Int = 0) -> GGUFError? {
        #expect(throws: GGUFError.self) { try GGUFFile(path: path(part)) }
    }

    @Test(arguments: 0..<3) func anyPartOpensAll(part: Int) throws {
        let whole = try GGUFFile(
            path: GGUFTests.fixtures.deletingLastPathComponent()
                .appendingPathComponent("families/gguf-llama-q8_0/model.gguf").path)
        let file = try GGUFFile(path: path(part))
        #expect(file.files == (0..<3).map(path) && file.file == path(0))
        #expect(file.names == whole.names && file.metadata == whole.metadata && !file.metadata.isEmpty)
        for name in whole.names {
            #expect(try file.entry(name).shape == whole.entry(name).shape)
            #expect(try file.row(name).bytes == whole.row(name).bytes, "\(name)")
        }
        let sizes = try (0..<3).map { try Data(contentsOf: URL(fileURLWithPath: path($0))).count }
        #expect(file.byteCount == sizes.reduce(0, +))
        #expect(try TensorFile(path: path(part)).tensors.count == whole.names.count)
    }

    @Test func aMissingPartIsNamed() throws {
        try FileManager.default.removeItem(atPath: path(1))
        let error = problem(2)
        #expect(error?.problem == .missingPart(path(1), parts: 3) && error?.file == path(2))
        #expect(error?.description.contains("model-00002-of-00003.gguf is missing") == true)
    }

    @Test func anotherNameIsRefusedWithTheRightOne() throws {
        let other = folder.appending(path: "first.gguf").path
        try FileManager.default.moveItem(atPath: path(0), toPath: other)
        let error = #expect(throws: GGUFError.self) { try GGUFFile(path: other) }
        #expect(error?.problem == .partName(ending: "-00001-of-00003.gguf", parts: 3))
        #expect(problem(1)?.problem == .missingPart(path(0), parts: 3))
    }

    @Test func whatIsNoPartOfTheModelIsRefused() throws {
        try Data(contentsOf: URL(fileURLWithPath: path(2))).write(to: URL(fileURLWithPath: path(1)))
        #expect(problem()?.problem == .foreignPart(number: 1, of: 3) && problem()?.file == path(1))
        try FileManager.default.removeItem(atPath: path(1))
        try Data(contentsOf: GGUFTests.fixtures.appendingPathComponent("readable.gguf"))
            .write(to: URL(fileURLWithPath: path(1)))
        #expect(problem()?.problem == .foreignPart(number: 1, of: 3))
    }

    private func part(_ number: UInt16, of count: UInt16, tensors: Int32, _ tensor: String) -> Data {
        GGUFBuilder(
            values: [
                ("split.no", GGUFBuilder.value(2, GGUFBytes.integer(number))),
                ("split.count", GGUFBuilder.value(2, GGUFBytes.integer(count))),
                ("split.tensors.count", GGUFBuilder.value(5, GGUFBytes.integer(UInt32(bitPattern: tensors)))),
            ], tensors: [GGUFBuilder.Tensor(name: tensor)], payload: 16
        ).data
    }

    private func write(_ parts: [Data]) throws -> String {
        for (number, data) in parts.enumerated() {
            try data.write(to: folder.appending(path: "x-0000\(number + 1)-of-0000\(parts.count).gguf"))
        }
        return folder.appending(path: "x-00001-of-0000\(parts.count).gguf").path
    }

    @Test func partsThatDoNotFitTogetherAreRefused() throws {
        func problem(_ parts: [Data]) throws -> GGUFError.Problem? {
            let path = try write(parts)
            return #expect(throws: GGUFError.self) { try GGUFFile(path: path) }?.problem
        }
        #expect(
            try GGUFFile(path: write([part(0, of: 2, tensors: 2, "a"), part(1, of: 2, tensors: 2, "b")])).names
                == ["a", "b"])
        #expect(
            try problem([part(0, of: 2, tensors: 2, "a"), part(1, of: 2, tensors: 2, "a")]) == .duplicateName)
        #expect(
            try problem([part(0, of: 2, tensors: 3, "a"), part(1, of: 2, tensors: 3, "b")])
                == .partTensors(expected: 3, found: 2))
        #expect(
            try problem([part(2, of: 2, tensors: 2, "a"), part(1, of: 2, tensors: 2, "b")])
                == .partNumber(2, of: 2))
    }

    /// Bytes alone have no neighbours.
    @Test func bytesOfAPartAreRefused() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path(0)))
        let error = #expect(throws: GGUFError.self) { try GGUFFile(data: data) }
        #expect(error?.problem == .split(parts: 3))
    }

    @Test func aFolderOfPartsHoldsOneModel() {
        let others = ["a.gguf", "b-00002-of-00002.gguf", "c-00001-of-00002.gguf"]
        #expect(GGUFParts.beginnings(among: Self.names + others) == [Self.names[0]] + others)
    }
}
