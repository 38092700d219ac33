/// How the weights of a packed matrix are stored: in 16 bits each, or in GGUF's blocks of a few bits a weight.
///
/// The layouts are those of the GGUF format, version 3, and of safetensors; all numbers are little-endian.
public enum PackedFormat: Sendable, CaseIterable, Equatable {
    case float32
    case float16
    case bfloat16
    case q4_0
    case q4_1
    case q8_0
    case q4_K
    case q6_K

    /// The number of consecutive weights of a row that share a block; 1 where each stands alone.
    public var blockWeights: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q4_0, .q4_1, .q8_0: 32
        case .q4_K, .q6_K: 256
        }
    }

    /// The bytes of a block.
    public var blockBytes: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .q4_0: 18
        case .q4_1: 20
        case .q8_0: 34
        case .q4_K: 144
        case .q6_K: 210
        }
    }

    /// The bytes of a row of `columns` weights; `nil` where these do not fill whole blocks or the size does not fit.
    public func rowBytes(columns: Int) -> Int? {
        guard columns >= 0, columns.isMultiple(of: blockWeights) else { return nil }
        let (bytes, overflow) = (columns / blockWeights).multipliedReportingOverflow(by: blockBytes)
        return overflow ? nil : bytes
    }
}
