import Tensors

// The types bear the names by which GGUF's files and tools call them.
// swift-format-ignore: AlwaysUseLowerCamelCase
/// The types of tensors in GGUF files, under their numbers there. Not all of them can be read; see `format`.
public enum GGUFTensorType: UInt32, Sendable, CaseIterable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q5_0 = 6
    case q5_1 = 7
    case q8_0 = 8
    case q2_K = 10
    case q3_K = 11
    case q4_K = 12
    case q5_K = 13
    case q6_K = 14
    case iq2_XXS = 16
    case iq2_XS = 17
    case iq3_XXS = 18
    case iq1_S = 19
    case iq4_NL = 20
    case iq3_S = 21
    case iq2_S = 22
    case iq4_XS = 23
    case i8 = 24
    case i16 = 25
    case i32 = 26
    case i64 = 27
    case f64 = 28
    case iq1_M = 29
    case bf16 = 30
    case tq1_0 = 34
    case tq2_0 = 35
    case mxfp4 = 39

    /// The name that GGUF's tools use: Q4_K, BF16.
    public var name: String { "\(self)".uppercased() }

    /// The format of a quantized matrix of such weights; `nil` where they cannot be read.
    public var format: QuantizationFormat? { QuantizationFormat.allCases.first { $0.ggufType == self } }

    /// The consecutive weights of a row that share a block, and the block's bytes.
    var block: (weights: Int, bytes: Int) {
        if let format { return (format.blockWeights, format.blockBytes) }
        return switch self {
        case .i8: (1, 1)
        case .i16: (1, 2)
        case .i32: (1, 4)
        case .i64, .f64: (1, 8)
        case .mxfp4: (32, 17)
        case .iq3_S: (256, 110)
        case .iq1_S: (256, 50)
        case .iq1_M: (256, 56)
        case .iq2_XXS, .tq2_0: (256, 66)
        case .iq2_XS: (256, 74)
        case .iq2_S: (256, 82)
        case .iq3_XXS: (256, 98)
        case .iq4_XS: (256, 136)
        case .tq1_0: (256, 54)
        case .f32, .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_NL:
            preconditionFailure("\(self) can be read")
        }
    }
}

extension QuantizationFormat {
    /// The type of tensors in this format.
    var ggufType: GGUFTensorType {
        switch self {
        case .float32: .f32
        case .float16: .f16
        case .bfloat16: .bf16
        case .q4_0: .q4_0
        case .q4_1: .q4_1
        case .q5_0: .q5_0
        case .q5_1: .q5_1
        case .q8_0: .q8_0
        case .q2_K: .q2_K
        case .q3_K: .q3_K
        case .q4_K: .q4_K
        case .q5_K: .q5_K
        case .q6_K: .q6_K
        case .iq4_NL: .iq4_NL
        }
    }
}
