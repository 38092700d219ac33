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
            return (place.isTransposed ? weight.transposed() : weight).kept
        }
        self.init(layout: layout, values: values)
    }
}

/// Where a weight is in Hugging Face's files, and how.
struct HuggingFacePlace {
    let name: String
    let shape: [Int]
    /// Whether the matrix lies there as [in, out].
    let isTransposed: Bool

    init(of entry: WeightLayout.Entry, in source: some TensorSource, family: ModelFamily) {
        let bare = String(entry.name.trimmingPrefix(family.description.names.model))
        name = !source.contains(entry.name) && source.contains(bare) ? bare : entry.name
        isTransposed = entry.isStoredTransposed
        shape = isTransposed ? entry.shape.reversed() : entry.shape
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
