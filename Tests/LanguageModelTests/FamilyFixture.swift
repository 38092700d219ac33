import Autodiff
import Foundation
import ModelFiles
import Tensors

@testable import LanguageModel

/// A tiny model of one of the families with an adapter, as transformers and PEFT wrote them, and values that they computed
/// (Fixtures/families).
struct FamilyFixture {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/families")

    static let names = [
        "gpt2-bare", "gpt2-tied", "gpt2-untied", "llama-bf16", "llama-gqa-sharded", "llama-gqa-tied", "llama-mha",
        "llama-mha-untied", "qwen2-f16", "qwen2-mha-tied", "qwen2-mha-untied", "qwen2-tied", "qwen2-untied",
        "gguf-gpt2-f16", "gguf-llama-q8_0", "gguf-qwen2-f32", "llama-linear", "llama-llama3", "qwen2-yarn",
        "qwen3-tied",
        "qwen3-untied", "gguf-qwen3-f32", "gemma3", "gemma3-old", "gguf-gemma3-f16",
    ]

    let model: PretrainedModel
    let adapterDirectory: String
    private let reference: SafeTensorsFile

    init(_ name: String) throws {
        let folder = Self.folder.appendingPathComponent(name)
        model = try PretrainedModel(path: folder.path)
        adapterDirectory = folder.appendingPathComponent("adapter").path
        reference = try SafeTensorsFile(path: folder.appendingPathComponent("reference.safetensors").path)
    }

    var configuration: ModelConfiguration { model.configuration }

    func transformer<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) -> Transformer<Tensor<Scalar>> {
        Transformer(configuration: configuration, frozen: model.weights.map { $1.converted() })
    }

    func adapter<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) throws -> Adapter<Tensor<Scalar>> {
        try Adapter(peftDirectory: adapterDirectory, configuration: configuration)
    }

    func expected<Scalar: TensorScalar>(_ name: String) throws -> Tensor<Scalar> {
        try reference.tensor(name, shape: reference.entry(name).shape)
    }

    func integers(_ name: String) throws -> [Int] { try reference.int32s(name).map(Int.init) }

    /// The two sequences, without their padding.
    func sequences() throws -> [TokenSequence] {
        let ids = try integers("ids"), lengths = try integers("lengths"), width = ids.count / lengths.count
        return lengths.indices.map { row in
            TokenSequence(tokens: Array(ids[row * width..<row * width + lengths[row]]))
        }
    }
}
