import CKernels

// The blocks bear the names by which GGUF's files and tools call them.
// swift-format-ignore: AlwaysUseLowerCamelCase
/// How the weights of a quantized matrix are stored: in 16 or 32 bits each, or in GGUF's blocks of a few bits a weight.
///
/// The layouts are those of the GGUF format, version 3, and of safetensors; all numbers are little-endian.
public enum QuantizationFormat: Sendable, CaseIterable, Equatable {
    case float32
    case float16
    case bfloat16
    case q4_0
    case q4_1
    case q5_0
    case q5_1
    case q8_0
    case q2_K
    case q3_K
    case q4_K
    case q5_K
    case q6_K
    case iq4_NL

    /// The number of consecutive weights of a row that share a block; 1 where each stands alone.
    public var blockWeights: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4_NL: 32
        case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K: 256
        }
    }

    /// The bytes of a block.
    public var blockBytes: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .q4_0, .iq4_NL: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q2_K: 84
        case .q3_K: 110
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }

    /// The bytes of a row of `columns` weights; `nil` where these do not fill whole blocks or the size does not fit.
    public func rowBytes(columns: Int) -> Int? {
        guard columns >= 0, columns.isMultiple(of: blockWeights) else { return nil }
        let (bytes, overflow) = (columns / blockWeights).multipliedReportingOverflow(by: blockBytes)
        return overflow ? nil : bytes
    }

    /// Writes the weights of whole blocks as floats: `count · blockWeights` of them from `count · blockBytes` bytes.
    var dequantize: @Sendable (_ count: Int, UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void {
        switch self {
        case .float32: perk_dequantize_float32
        case .float16: perk_dequantize_float16
        case .bfloat16: perk_dequantize_bfloat16
        case .q4_0: perk_dequantize_q4_0
        case .q4_1: perk_dequantize_q4_1
        case .q5_0: perk_dequantize_q5_0
        case .q5_1: perk_dequantize_q5_1
        case .q8_0: perk_dequantize_q8_0
        case .q2_K: perk_dequantize_q2_K
        case .q3_K: perk_dequantize_q3_K
        case .q4_K: perk_dequantize_q4_K
        case .q5_K: perk_dequantize_q5_K
        case .q6_K: perk_dequantize_q6_K
        case .iq4_NL: perk_dequantize_iq4_NL
        }
    }

    /// Whether all weights of `count` blocks are finite: the weights themselves, or the scales of their blocks.
    var isFinite: @Sendable (_ count: Int, UnsafeRawPointer) -> Bool {
        switch self {
        case .float32: perk_is_finite_float32
        case .float16: perk_is_finite_float16
        case .bfloat16: perk_is_finite_bfloat16
        case .q4_0: perk_is_finite_q4_0
        case .q4_1: perk_is_finite_q4_1
        case .q5_0: perk_is_finite_q5_0
        case .q5_1: perk_is_finite_q5_1
        case .q8_0: perk_is_finite_q8_0
        case .q2_K: perk_is_finite_q2_K
        case .q3_K: perk_is_finite_q3_K
        case .q4_K: perk_is_finite_q4_K
        case .q5_K: perk_is_finite_q5_K
        case .q6_K: perk_is_finite_q6_K
        case .iq4_NL: perk_is_finite_iq4_NL
        }
    }
}
