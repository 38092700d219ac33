import Foundation
import Testing

@testable import Tensors

@Suite struct ElementStatisticsTests {
    private func statistics(_ parts: [Float]...) -> ElementStatistics {
        var statistics = ElementStatistics()
        for part in parts { statistics.add(part) }
        return statistics
    }

    /// By hand: the mean of 1, 2, 3, 6 is 3, the squared distances are 4, 1, 0, 9.
    @Test func aCaseWorkedOutByHand() {
        for found in [statistics([1, 2, 3, 6]), statistics([1], [], [6, 2], [3])] {
            #expect(found.finiteCount == 4 && found.nonFiniteCount == 0)
            #expect(found.mean == 3 && abs(found.standardDeviation - 3.5.squareRoot()) < 1e-12)
            #expect(found.minimum == 1 && found.maximum == 6)
        }
    }

    @Test func numbersThatAreNotFiniteAreCountedApart() {
        let found = statistics([.nan, 1, .infinity], [3, -.infinity], [.nan])
        #expect(found.finiteCount == 2 && found.nonFiniteCount == 4)
        #expect(found.mean == 2 && found.standardDeviation == 1 && found.minimum == 1 && found.maximum == 3)
        let none = statistics([.nan])
        #expect(none.finiteCount == 0 && none.nonFiniteCount == 1 && none.mean == 0 && none.standardDeviation == 0)
    }

    /// Squares of the greatest floats do not fit a Float, and their sum not either.
    @Test func greatNumbersDoNotOverflow() {
        let greatest = Float.greatestFiniteMagnitude
        let found = statistics([greatest, greatest, -greatest], [-greatest])
        #expect(found.mean == 0 && found.standardDeviation == Double(greatest))
    }

    /// One row, longer than what is read at a time, far from zero: half of it is 4096, the other half 4098.
    @Test func aLongRowIsReadInParts() throws {
        let count = 200_001
        let numbers = (0..<count).map { Float($0.isMultiple(of: 2) ? 4096 : 4098) }
        let matrix = QuantizedMatrix(quantizing: Tensor(numbers, shape: [1, count]), as: .bfloat16)
        let rounded = matrix.statistics
        // bfloat16 has steps of 32 there.
        #expect(rounded.mean == 4096 && rounded.standardDeviation == 0)
        let found = QuantizedMatrix(quantizing: Tensor(numbers, shape: [1, count]), as: .float32).statistics
        #expect(found.finiteCount == count)
        let share = Double(count / 2) / Double(count)
        #expect(abs(found.mean - (4096 + 2 * share)) < 1e-9)
        #expect(abs(found.standardDeviation - 2 * (share * (1 - share)).squareRoot()) < 1e-9)
    }

    /// Blocks of the quantized formats, against the sums over all of their dequantized weights.
    @Test(arguments: [QuantizationFormat.q4_0, .q4_1, .q8_0])
    func quantizedBlocksAreDequantized(format: QuantizationFormat) {
        let numbers = (0..<96).map { Float(($0 * 37) % 96) - 20 }
        let matrix = QuantizedMatrix(quantizing: Tensor(numbers, shape: [3, 32]), as: format)
        let dequantized = (matrix.dequantized() as Tensor<Double>).scalars
        let mean = dequantized.reduce(0, +) / 96
        let variance = dequantized.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 96
        let found = matrix.statistics
        #expect(abs(found.mean - mean) < 1e-9 && abs(found.standardDeviation - variance.squareRoot()) < 1e-9)
        #expect(Double(found.minimum) == dequantized.min() && Double(found.maximum) == dequantized.max())
    }
}
