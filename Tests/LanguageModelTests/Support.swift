import Autodiff
import Foundation
import ModelFiles
import Tensors

@testable import LanguageModel

/// A tiny model with an adapter, and values computed with it by PyTorch (Fixtures/torch).
struct TorchFixture: Sendable {
    static let names = ["llama-tied", "llama-untied"]

    let configuration: ModelConfiguration
    let layout: AdapterLayout
    private let weightFile, adapterFile, reference: SafeTensorsFile

    /// What is needed of PEFT's adapter_config.json.
    private struct AdapterSettings: Decodable {
        let rank: Int
        let alpha: Double
        let rankStabilized: Bool
        let targets: Set<String>

        enum CodingKeys: String, CodingKey {
            case rank = "r"
            case alpha = "lora_alpha"
            case rankStabilized = "use_rslora"
            case targets = "target_modules"
        }
    }

    init(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/torch/\(name)")
        configuration = try ModelConfiguration(path: folder.appendingPathComponent("config.json").path)
        let settings = try JSONDecoder().decode(
            AdapterSettings.self, from: Data(contentsOf: folder.appendingPathComponent("adapter/adapter_config.json")))
        layout = AdapterLayout(
            rank: settings.rank, alpha: settings.alpha, rankStabilized: settings.rankStabilized,
            maps: LinearMap.allCases.filter { settings.targets.contains($0.shortName) }, configuration: configuration)
        weightFile = try SafeTensorsFile(path: folder.appendingPathComponent("model.safetensors").path)
        adapterFile = try SafeTensorsFile(
            path: folder.appendingPathComponent("adapter/adapter_model.safetensors").path)
        reference = try SafeTensorsFile(path: folder.appendingPathComponent("reference.safetensors").path)
    }

    func weights<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) throws -> ModelWeights<StoredWeight<Scalar>> {
        try ModelWeights(huggingFace: SafeTensorsModel(file: weightFile), configuration: configuration)
            .map { $1.converted() }
    }

    func model<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) throws -> Transformer<Tensor<Scalar>> {
        Transformer(configuration: configuration, frozen: try weights())
    }

    func adapter<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) throws -> Adapter<Tensor<Scalar>> {
        try Adapter(reading: adapterFile, layout: layout)
    }

    func expected<Scalar: TensorScalar>(_ name: String) throws -> Tensor<Scalar> {
        try reference.tensor(name, shape: reference.entry(name).shape)
    }

    /// Whole numbers, row by row.
    func integers(_ name: String) throws -> [[Int]] {
        let shape = try reference.entry(name).shape, numbers = try reference.int32s(name).map(Int.init)
        let width = shape[shape.count - 1]
        return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
    }

    /// The document's segments as they were recorded, padding cut off.
    func segments() throws -> [TokenSequence] {
        let lengths = try integers("lengths")[0], prefixes = try integers("prefixes")[0]
        return try integers("ids").indices.map { row in
            TokenSequence(tokens: Array(try integers("ids")[row][..<lengths[row]]), firstTarget: prefixes[row])
        }
    }
}

/// The largest difference between two tensors' elements, over the largest element of `expected`; not a number if any
/// difference is, infinite if the shapes differ or nothing is expected.
func relativeError<Scalar>(of found: Tensor<Scalar>, from expected: Tensor<Scalar>) -> Double {
    guard found.shape == expected.shape else { return .infinity }
    let scale = expected.scalars.reduce(0) { max($0, abs($1)) }
    guard scale > 0 else { return .infinity }
    return zip(found.scalars, expected.scalars).reduce(0) { worst, pair in
        let difference = Double(abs(pair.0 - pair.1) / scale)
        return difference <= worst || worst.isNaN ? worst : difference
    }
}

extension Adapter {
    /// Each value as a constant.
    func constants<Scalar>() -> Adapter<Variable<Tensor<Scalar>>> where Value == Tensor<Scalar> {
        map { Variable(constant: $0) }
    }

    /// The adapters of one task each, side by side.
    static func joined<Scalar>(_ adapters: [Adapter]) -> Adapter where Value == Tensor<Scalar> {
        Adapter(
            layout: adapters[0].layout,
            tensors: adapters[0].tensors.indices.map { index in
                Tensor(concatenating: adapters.map { $0.tensors[index] })
            })
    }
}
