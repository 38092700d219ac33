import Foundation
import SeededRandom
import Tensors

/// What the reference implementation made of some weights, and of some blocks (Fixtures/gguf/record_blocks.py).
struct QuantizedBlocks: Decodable {
    struct Format: Decodable {
        let quantized, dequantized: Data

        enum CodingKeys: String, CodingKey {
            case quantized = "packed"
            case dequantized = "widened"
        }
    }

    let rows, columns: Int
    let weights: Data
    let formats: [String: Format]

    static let recorded = Result {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/gguf/blocks.json")
        return try JSONDecoder().decode(QuantizedBlocks.self, from: Data(contentsOf: file))
    }

    /// Little-endian floats.
    static func floats(_ data: Data) -> [Float] {
        stride(from: 0, to: data.count, by: 4).map { offset in
            data.withUnsafeBytes { Float(bitPattern: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        }
    }
}

/// Random weights in a format: bytes at random for the formats that are only read, with scales of moderate size.
func randomQuantized(_ rows: Int, _ columns: Int, _ format: QuantizationFormat, seed: UInt64) throws -> QuantizedMatrix
{
    guard let halves = format.halvesOfScales else {
        return QuantizedMatrix(quantizing: randomTensor([rows, columns], seed: seed), as: format)
    }
    var random = RandomSource(seed: seed)
    let blocks = rows * columns / format.blockWeights
    var bytes = Data((0..<blocks * format.blockBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    for block in 0..<blocks {
        for half in halves {
            // The upper byte of a half between 2^-7 and 2^-6.
            bytes[block * format.blockBytes + half + 1] = 0x20
        }
    }
    guard let quantized = QuantizedMatrix(rows: rows, columns: columns, format: format, bytes: bytes) else {
        throw CocoaError(.coderInvalidValue)
    }
    return quantized
}

extension QuantizationFormat {
    /// Where a block of a format that is only read has its halves; `nil` for those that are written too.
    fileprivate var halvesOfScales: [Int]? {
        switch self {
        case .float32, .float16, .bfloat16, .q4_0, .q4_1, .q8_0: nil
        case .q5_0, .iq4_NL: [0]
        case .q5_1, .q4_K, .q5_K: [0, 2]
        case .q2_K: [80, 82]
        case .q3_K: [108]
        case .q6_K: [208]
        }
    }
}
