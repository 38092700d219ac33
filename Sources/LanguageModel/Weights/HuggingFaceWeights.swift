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
        let family = configuration.family.description
        let values = try layout.entries.map { entry in
            let bare = String(entry.name.trimmingPrefix(family.names.model))
            let name = !source.contains(entry.name) && source.contains(bare) ? bare : entry.name
            guard case .map(_, _, .weight) = entry.role, family.storesMapsTransposed else {
                return try source.weight(name, shape: entry.shape).kept
            }
            return try source.weight(name, shape: entry.shape.reversed()).transposed().kept
        }
        self.init(layout: layout, values: values)
    }
}

extension StoredWeight {
    /// The transposed matrix.
    fileprivate func transposed() -> StoredWeight {
        switch self {
        case .dense: preconditionFailure("matrices are read packed")
        case .packed(let matrix):
            guard let transposed = matrix.transposed() else {
                preconditionFailure("safetensors hold numbers one by one")
            }
            return .packed(transposed)
        }
    }
}
