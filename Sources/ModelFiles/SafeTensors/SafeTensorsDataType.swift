import Tensors

/// How one scalar of a tensor is stored in a safetensors file.
///
/// The raw values are the names of the format's specification. The cases stand in the order in which the format's
/// reference implementation ranks them; its writer lays tensors out from the highest rank to the lowest, so that
/// every tensor is aligned to its own scalars.
public enum SafeTensorsDataType: String, CaseIterable, Equatable, Sendable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case float8E8M0 = "F8_E8M0"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case complex64 = "C64"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// Bytes that one scalar takes.
    public var byteWidth: Int {
        switch self {
        case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .complex64, .float64, .int64, .uint64: 8
        }
    }

    /// The format of a quantized matrix of such scalars, where there is one.
    var quantizationFormat: QuantizationFormat? {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        default: nil
        }
    }

    /// The position in the order of the cases, lowest first.
    var rank: Int {
        Self.allCases.firstIndex(of: self) ?? 0
    }
}
