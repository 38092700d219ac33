import Foundation
import Testing

@testable import ModelFiles

/// The types of tensors, against those that the format's reference implementation knows (Fixtures/gguf/record_types.py).
@Suite struct GGUFTensorTypeTests {
    struct Recorded: Decodable {
        let number: UInt32
        let name: String
        let weights, bytes: Int
    }

    private let recorded: [UInt32: Recorded]

    init() throws {
        let json = try Data(contentsOf: GGUFTests.fixtures.appendingPathComponent("types.json"))
        let types = try JSONDecoder().decode([Recorded].self, from: json)
        recorded = Dictionary(uniqueKeysWithValues: types.map { ($0.number, $0) })
    }

    @Test func namesAndSizesAreThoseOfTheReference() throws {
        for type in GGUFTensorType.allCases {
            let reference = try #require(recorded[type.rawValue], "\(type)")
            #expect(type.name == reference.name)
            let tensor = GGUFBuilder.Tensor(dimensions: [UInt64(reference.weights), 3], type: type.rawValue)
            let file = try GGUFFile(data: GGUFBuilder(tensors: [tensor], payload: 3 * reference.bytes).data)
            #expect(try file.entry("x").byteRange.count == 3 * reference.bytes, "\(type)")
            if reference.weights > 1 {
                let half = GGUFBuilder.Tensor(dimensions: [UInt64(reference.weights / 2)], type: type.rawValue)
                #expect(throws: GGUFError.self) {
                    try GGUFFile(data: GGUFBuilder(tensors: [half], payload: reference.bytes).data)
                }
            }
        }
    }

    /// A file of such tensors can be looked into; only using them fails.
    @Test func typesThatCannotBeReadAreRefusedWhenAskedFor() throws {
        let tensors = [
            GGUFBuilder.Tensor(name: "a", dimensions: [256, 1], type: GGUFTensorType.iq4_XS.rawValue),
            GGUFBuilder.Tensor(name: "b", dimensions: [4], type: GGUFTensorType.i32.rawValue, offset: 160),
        ]
        let file = try GGUFFile(data: GGUFBuilder(tensors: tensors, payload: 176).data)
        #expect(file.tensors.map(\.type) == ["IQ4_XS", "I32"])
        let error = GGUFError(file: file.file, name: "a", problem: .unknownTensorType(23))
        #expect(throws: error) { try file.matrix("a") }
        #expect(throws: error) { try file.floats("a") }
        #expect(error.description.contains("type IQ4_XS, which cannot be read; quantize the model to one of F32, F16"))
        #expect(throws: GGUFError.self) { try file.floats("b") }
        #expect(try TensorFile.gguf(file).statistics(of: "a") == nil)
    }
}
