import ModelFiles
import Tensors

// The weights of a model in Hugging Face's safetensors files.
extension ModelWeights<StoredWeight<Float>> {
    /// Reads a configuration's weights under their Hugging Face names, with or without the prefix of the model within the
    /// model with a head.
    ///
    /// - Throws: `WeightMismatch`, or the file's own error where a tensor is missing or damaged.
    init(huggingFace source: some TensorSource, configuration: ModelConfiguration) throws {
        let layout = WeightLayout(configuration)
        let values = try layout.entries.map { entry in
            let place = HuggingFacePlace(of: entry, in: source, family: configuration.family)
            let weight = try source.weight(place.name, shape: place.shape)
            switch entry.storage {
            case .asIs: return weight.kept
            case .transposed: return weight.transposed().kept
            case .lessOne: return StoredWeight.dense(weight.tensor.plus(1))
            }
        }
        self.init(layout: layout, values: values)
    }
}

/// Where a weight is in Hugging Face's files, and how.
struct HuggingFacePlace {
    let name: String
    let shape: [Int]

    init(of entry: WeightLayout.Entry, in source: some TensorSource, family: ModelFamily) {
        let weights = family.definition.weights
        // A head that is the embedding may be there under either name.
        let names = [entry.name] + (entry.role == .embedding ? ["\(weights.head).weight"] : [])
        let all = names.flatMap { [$0, String($0.trimmingPrefix(weights.prefix))] }
        name = all.first { source.contains($0) } ?? entry.name
        shape = if case .transposed = entry.storage { entry.shape.reversed() } else { entry.shape }
    }
}

extension StoredWeight {
    /// The transposed matrix.
    fileprivate func transposed() -> StoredWeight {
        switch self {
        case .dense: preconditionFailure("matrices are read quantized")
        case .quantized(let matrix):
            guard let transposed = matrix.transposed() else {
                preconditionFailure("safetensors hold numbers one by one")
            }
            return .quantized(transposed)
        }
    }
}
