import Foundation
import Tensors
import Testing

@testable import ModelFiles

/// Files of tensors whose format is found out.
@Suite final class TensorFileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private static let names = ["layers.10.a", "layers.2.b", "layers.2.a", "layers.9.a", "embed"]
    private static let inOrder = ["embed", "layers.2.a", "layers.2.b", "layers.9.a", "layers.10.a"]

    @Test func ggufIsToldByItsBeginningWhateverItsName() throws {
        let matrix = QuantizedMatrix(quantizing: Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3]), as: .bfloat16)
        let tensors = Self.names.map { GGUFTensor(name: $0, matrix) }
        try GGUFWriter(metadata: [:], tensors: tensors).write(to: path("model"))
        let file = try TensorFile(path: path("model"))
        guard case .gguf = file else {
            Issue.record("\(file)")
            return
        }
        #expect(file.tensors.map(\.name) == Self.inOrder)
        let first = file.tensors[0]
        #expect(first.type == "BF16" && first.shape == [2, 3])
        #expect(first.elementCount == 6 && first.byteRange.count == 12)
        #expect(try file.byteCount == Data(contentsOf: URL(fileURLWithPath: path("model"))).count)
        let statistics = try #require(try file.statistics(of: "embed"))
        #expect(statistics.mean == 3.5 && statistics.minimum == 1 && statistics.maximum == 6)
    }

    @Test func everythingElseIsSafetensors() throws {
        var tensors = Self.names.map { SafeTensorsTensor(name: $0, shape: [], scalars: .floats([7])) }
        tensors.append(SafeTensorsTensor(name: "none", shape: [0, 5], scalars: .floats([])))
        tensors.append(SafeTensorsTensor(name: "positions", shape: [2], scalars: .int64s([1, 2])))
        try SafeTensorsWriter(tensors: tensors).write(to: path("x.bin"))
        let file = try TensorFile(path: path("x.bin"))
        #expect(file.tensors.map(\.name) == Self.inOrder + ["none", "positions"])
        #expect(file.tensors.map(\.elementCount) == [1, 1, 1, 1, 1, 0, 2])
        #expect(file.tensors.map(\.byteRange.count) == [4, 4, 4, 4, 4, 0, 16])
        #expect(try file.statistics(of: "embed")?.mean == 7)
        #expect(try file.statistics(of: "none")?.finiteCount == 0)
        #expect(try file.statistics(of: "positions") == nil)
        #expect(throws: SafeTensorsError.self) { try file.statistics(of: "x") }
    }

    @Test func theErrorIsThatOfTheFormat() throws {
        try Data("no model".utf8).write(to: URL(fileURLWithPath: path("a.gguf")))
        #expect(throws: GGUFError(file: path("a.gguf"), problem: .notGGUF)) {
            try TensorFile(path: self.path("a.gguf"))
        }
        try Data("GGUF".utf8).write(to: URL(fileURLWithPath: path("b")))
        #expect(throws: GGUFError(file: path("b"), problem: .truncated(needed: 8, found: 4))) {
            try TensorFile(path: self.path("b"))
        }
        try Data("{}".utf8).write(to: URL(fileURLWithPath: path("c")))
        for name in ["c", "missing"] {
            #expect(throws: SafeTensorsError.self) { try TensorFile(path: self.path(name)) }
        }
    }
}
