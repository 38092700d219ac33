import Tensors

extension PackedFormat {
    /// The number of the format among GGUF's tensor types.
    var ggufType: UInt32 {
        switch self {
        case .float32: 0
        case .float16: 1
        case .q4_0: 2
        case .q4_1: 3
        case .q8_0: 8
        case .q4_K: 12
        case .q6_K: 14
        case .bfloat16: 30
        }
    }

    /// The format of a number among GGUF's tensor types; `nil` where it cannot be read.
    init?(ggufType: UInt32) {
        guard let format = Self.allCases.first(where: { $0.ggufType == ggufType }) else { return nil }
        self = format
    }

    /// The format's name among GGUF's tensor types.
    var ggufName: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        default: "\(self)".uppercased()
        }
    }
}
