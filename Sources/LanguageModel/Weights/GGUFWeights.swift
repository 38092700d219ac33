import ModelFiles
import Tensors

// The weights of a model in a GGUF file.
extension ModelWeights<StoredWeight<Float>> {
    /// Reads a configuration's weights under their GGUF names.
    ///
    /// - Throws: `WeightMismatch`, or the file's own error where a tensor is missing or damaged.
    init(gguf source: some TensorSource, configuration: ModelConfiguration) throws {
        let layout = WeightLayout(configuration)
        let values = try layout.entries.map { entry in
            let weight = try source.weight(entry.role.ggufName, shape: entry.shape)
            guard configuration.family.definition.weights.ggufPairsRotatedRows,
                case .map(let map, _, .weight) = entry.role,
                let heads = map.rotatedHeads(in: configuration), case .quantized(let matrix) = weight
            else { return weight.kept }
            let order = RotaryOrder(heads: heads, headWidth: configuration.headWidth)
            return StoredWeight.quantized(matrix.permutingRows(order.fromGGUF)).kept
        }
        self.init(layout: layout, values: values)
    }
}

/// The order of the rows of queries and keys in GGUF files of the Llama family: within each head the pairs that rotate
/// together stand side by side, while Hugging Face has the first halves of all pairs ahead of the second ones.
struct RotaryOrder {
    /// The row in a GGUF file at which each row of Hugging Face's order stands.
    let fromGGUF: [Int]
    /// The reverse.
    let toGGUF: [Int]

    init(heads: Int, headWidth: Int) {
        let half = headWidth / 2
        fromGGUF = (0..<heads * headWidth).map { row in
            let (head, position) = row.quotientAndRemainder(dividingBy: headWidth)
            return head * headWidth + position % half * 2 + position / half
        }
        toGGUF = (0..<heads * headWidth).map { row in
            let (head, position) = row.quotientAndRemainder(dividingBy: headWidth)
            return head * headWidth + position % 2 * half + position / 2
        }
    }
}

extension LinearMap {
    /// The heads of a map whose result is rotated; `nil` for the others.
    func rotatedHeads(in configuration: ModelConfiguration) -> Int? {
        switch self {
        case .query: configuration.heads
        case .key: configuration.keyValueHeads
        default: nil
        }
    }
}

extension WeightRole {
    /// The tensor's name in GGUF files.
    var ggufName: String {
        switch self {
        case .embedding: "token_embd.weight"
        case .positionEmbedding: "position_embd.weight"
        case .layerNorm(let norm, let layer, let part): "blk.\(layer).\(norm.ggufName).\(part)"
        case .map(let map, let layer, let part): "blk.\(layer).\(map.ggufName).\(part)"
        case .finalNorm(let part): "output_norm.\(part)"
        case .head: "output.weight"
        }
    }
}
