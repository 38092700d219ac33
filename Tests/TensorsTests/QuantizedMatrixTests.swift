import Foundation
import Testing

@testable import Tensors

/// Quantized weights against the reference implementation of their formats.
@Suite struct QuantizedMatrixTests {
    private let recorded: QuantizedBlocks

    init() throws { recorded = try QuantizedBlocks.recorded.get() }

    private func block(_ format: QuantizationFormat) throws -> QuantizedBlocks.Format {
        try #require(recorded.formats["\(format)"])
    }

    private func matrix(_ format: QuantizationFormat) throws -> QuantizedMatrix {
        let bytes = format == .float32 ? recorded.weights : try block(format).quantized
        return try #require(
            QuantizedMatrix(rows: recorded.rows, columns: recorded.columns, format: format, bytes: bytes))
    }

    @Test(arguments: QuantizationFormat.allCases)
    func widenedWeightsAreExactlyThoseOfTheReference(format: QuantizationFormat) throws {
        let expected = QuantizedBlocks.floats(format == .float32 ? recorded.weights : try block(format).dequantized)
        let dequantized: Tensor<Float> = try matrix(format).dequantized()
        #expect(dequantized == Tensor(expected, shape: [recorded.rows, recorded.columns]))
        #expect(expected.contains { $0 != 0 })
        let inDouble: Tensor<Double> = try matrix(format).dequantized()
        #expect(inDouble.scalars == expected.map(Double.init))
    }

    @Test(arguments: [QuantizationFormat.float32, .float16, .bfloat16, .q4_0, .q4_1, .q8_0])
    func packingGivesTheBytesOfTheReference(format: QuantizationFormat) throws {
        let weights = Tensor(QuantizedBlocks.floats(recorded.weights), shape: [recorded.rows, recorded.columns])
        #expect(QuantizedMatrix(quantizing: weights, as: format).bytes == (try matrix(format)).bytes)
    }

    /// Files need not align their tensors to anything, and a slice of `Data` keeps the indices of the whole.
    @Test(arguments: QuantizationFormat.allCases, 1...3)
    func bytesMayLieAnywhere(format: QuantizationFormat, offset: Int) throws {
        let matrix = try matrix(format)
        let slice = (Data(repeating: 0xFF, count: offset) + matrix.bytes + Data([0xFF]))[offset...].dropLast()
        let moved = try #require(
            QuantizedMatrix(rows: matrix.rows, columns: matrix.columns, format: format, bytes: slice))
        #expect(moved.dequantized() as Tensor<Float> == matrix.dequantized())
        #expect(moved.isFinite)
        #expect(moved.permutingRows([1]).bytes == matrix.permutingRows([1]).bytes)
    }

    @Test(arguments: QuantizationFormat.allCases)
    func rowsAreChosenAndPermuted(format: QuantizationFormat) throws {
        let matrix = try randomQuantized(5, 512, format, seed: 3)
        let all: Tensor<Float> = matrix.dequantized()
        #expect(matrix.dequantized(rows: 1..<4) as Tensor<Float> == all[1..<4])
        #expect(matrix.dequantized(rows: 5..<5) as Tensor<Float> == Tensor(zeros: [0, 512]))
        #expect(matrix.gatheringRows([4, 0, 4]) as Tensor<Float> == all.gatheringRows([4, 0, 4]))
        #expect(matrix.gatheringRows([]) as Tensor<Double> == Tensor(zeros: [0, 512]))
        let permuted = matrix.permutingRows([3, 1, 0, 4, 2])
        #expect(permuted.dequantized() as Tensor<Float> == all.gatheringRows([3, 1, 0, 4, 2]))
        #expect(permuted.format == format && permuted.shape == [5, 512])
    }

    @Test func onlySingleWeightsAreTransposed() throws {
        for format in [QuantizationFormat.float32, .float16, .bfloat16] {
            let matrix = try randomQuantized(3, 7, format, seed: 4)
            let transposed = try #require(matrix.transposed())
            let (before, after) = (matrix.dequantized() as Tensor<Float>, transposed.dequantized() as Tensor<Float>)
            #expect(after.shape == [7, 3])
            for row in 0..<3 {
                for column in 0..<7 { #expect(after.scalars[column * 3 + row] == before.scalars[row * 7 + column]) }
            }
        }
        #expect(try randomQuantized(2, 32, .q8_0, seed: 4).transposed() == nil)
    }

    @Test func everyHalfAndUpperHalfIsDequantizedByItsDefinition() throws {
        let patterns = (0...UInt16.max)
        let bytes = Data(patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        func dequantized(_ format: QuantizationFormat) throws -> [Float] {
            let matrix = try #require(QuantizedMatrix(rows: 256, columns: 256, format: format, bytes: bytes))
            return (matrix.dequantized() as Tensor<Float>).scalars
        }
        for (pattern, value) in zip(patterns, try dequantized(.float16)) {
            let expected = Float(Float16(bitPattern: pattern))
            try #require(value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN))
        }
        #expect(try dequantized(.bfloat16).map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    }

    @Test(arguments: [(Float.infinity, false), (-.infinity, false), (.nan, false), (65504, true)])
    func whatIsNotFiniteIsSeen(number: Float, finite: Bool) throws {
        /// The half or float at `offset`, in the last block, replaced by `number`.
        func isFinite(_ format: QuantizationFormat, _ offset: Int) throws -> Bool {
            let matrix = try randomQuantized(3, 512, format, seed: 5)
            #expect(matrix.isFinite)
            var bytes = matrix.bytes
            let (wide, half) = (number.bitPattern, Float16(number).bitPattern)
            let pattern: [UInt8] =
                switch format {
                case .float32: (0..<4).map { UInt8(truncatingIfNeeded: wide >> (8 * $0)) }
                case .bfloat16: [UInt8(truncatingIfNeeded: wide >> 16), UInt8(wide >> 24)]
                default: [UInt8(truncatingIfNeeded: half), UInt8(half >> 8)]
                }
            let start = bytes.count - format.blockBytes + offset
            bytes.replaceSubrange(start..<start + pattern.count, with: pattern)
            return try #require(QuantizedMatrix(rows: 3, columns: 512, format: format, bytes: bytes)).isFinite
        }
        let places: [(QuantizationFormat, Int)] = [
            (.float32, 0), (.float16, 0), (.bfloat16, 0), (.q4_0, 0), (.q4_1, 0), (.q4_1, 2), (.q8_0, 0), (.q4_K, 0),
            (.q4_K, 2), (.q6_K, 208), (.q5_0, 0), (.q5_1, 0), (.q5_1, 2), (.q2_K, 80), (.q2_K, 82), (.q3_K, 108),
            (.q5_K, 0), (.q5_K, 2), (.iq4_NL, 0),
        ]
        for (format, offset) in places { #expect(try isFinite(format, offset) == finite, "\(format) at \(offset)") }
        #expect(QuantizedMatrix(rows: 0, columns: 32, format: .q8_0, bytes: Data())?.isFinite == true)
    }

    @Test func shapesThatDoNotFitTheirBytesAreRefused() {
        func isAccepted(_ rows: Int, _ columns: Int, _ format: QuantizationFormat, _ count: Int) -> Bool {
            QuantizedMatrix(rows: rows, columns: columns, format: format, bytes: Data(count: count)) != nil
        }
        #expect(isAccepted(2, 64, .q4_1, 80))
        #expect(!isAccepted(2, 64, .q4_1, 79) && !isAccepted(2, 64, .q4_1, 81))
        #expect(!isAccepted(1, 48, .q4_0, 27) && !isAccepted(1, 128, .q4_K, 72))
        #expect(!isAccepted(-1, 32, .q8_0, 0) && !isAccepted(1, -32, .q8_0, 0))
        #expect(!isAccepted(.max, 64, .q8_0, 0) && !isAccepted(1, .max, .float32, 0))
        #expect(isAccepted(0, 64, .q8_0, 0) && isAccepted(3, 0, .float16, 0))
    }
}
