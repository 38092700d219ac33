import CKernels
import Testing

@testable import Tensors

/// Products for answering against products in double precision with the same weights dequantized.
@Suite struct AnsweringMatrixTests {
    private static let formats = QuantizationFormat.allCases.map(Optional.some) + [nil]

    /// A matrix in a format, or dense.
    private func matrix(_ rows: Int, _ columns: Int, _ format: QuantizationFormat?) throws -> AnsweringMatrix {
        guard let format else { return .dense(randomTensor([rows, columns], seed: 3)) }
        return .quantized(try randomQuantized(rows, columns, format, seed: 3))
    }

    private func expected(_ matrix: AnsweringMatrix, _ x: Tensor<Float>) -> Tensor<Double> {
        let weights: Tensor<Double> =
            switch matrix {
            case .quantized(let quantized): quantized.dequantized()
            case .dense(let tensor): tensor.converted()
            }
        let rows: Tensor<Double> = x.converted().reshaped([x.rows, x.width])
        return Tensor.product(rows, weights, transposing: .right).reshaped(x.shape.dropLast() + [weights.rows])
    }

    /// More rows than one group or part of them has, and a number that no group divides.
    @Test(arguments: formats, [1, 3, 9, 17])
    func theProductIsThatOfTheDequantizedWeights(format: QuantizationFormat?, tokens: Int) throws {
        let matrix = try matrix(283, 512, format)
        let x: Tensor<Float> = randomTensor([1, tokens, 512], seed: 1)
        #expect(error(of: matrix.product(x).converted(), from: expected(matrix, x)) < 3e-5)
        let doubled: Tensor<Double> = matrix.product(x.converted())
        #expect(doubled == matrix.product(x).converted())
    }

    /// Rounding takes a share of the largest of 32 numbers, however large those of other blocks are.
    @Test(arguments: [QuantizationFormat.q4_0, .q4_1, .q8_0, .q4_K])
    func numbersOfAllSizesKeepTheirDigits(format: QuantizationFormat) throws {
        let matrix = try matrix(5, 256, format)
        var numbers = randomTensor([1, 1, 256], seed: 1, as: Float.self).scalars
        for index in numbers.indices { numbers[index] *= index < 128 ? 1e-4 : index < 192 ? 0 : 1e-40 }
        let x = Tensor(numbers, shape: [1, 1, 256])
        let found = matrix.product(x).scaled(by: 1e4), exact = expected(matrix, x).scaled(by: 1e4)
        #expect(error(of: found.converted(), from: exact) < 3e-5)
    }

    @Test(arguments: [QuantizationFormat.q4_0, .q4_1, .q8_0, .q4_K], [1, 6])
    func otherProcessorsComputeTheSame(format: QuantizationFormat, tokens: Int) throws {
        let matrix = try matrix(37, 512, format)
        let x: Tensor<Float> = randomTensor([1, tokens, 512], seed: 1)
        let plain = matrix.product(x, pairs: [], integers: perk_quantized_products_plainly)
        #expect(error(of: plain, from: matrix.product(x)) < 1e-6)
    }

    @Test(arguments: formats) func rowsDoNotDependOnTheirNeighboursOrOnThreads(format: QuantizationFormat?) throws {
        let matrix = try matrix(283, 256, format)
        let rounds = [QuantizationFormat.q4_0, .q4_1, .q8_0, .q4_K].contains(format)
        let count = rounds ? 21 : AnsweringMatrix.mostDotRows
        let x: Tensor<Float> = randomTensor([count, 1, 256], seed: 1)
        let together = matrix.product(x)
        for row in 0..<count { #expect(matrix.product(x[row..<row + 1]) == together[row..<row + 1]) }
        for threads in 2...3 { #expect(ThreadBudget.with(threads) { matrix.product(x) } == together) }
    }

    @Test(arguments: formats, [1, 2, 20])
    func eachSequenceHasItsOwnPair(format: QuantizationFormat?, tokens: Int) throws {
        let matrix = try matrix(600, 256, format)
        let x: Tensor<Float> = randomTensor([3, tokens, 256], seed: 1)
        func pair(_ seed: UInt64, rank: Int) -> LowRankFactors<Float> {
            LowRankFactors(
                a: randomTensor([1, rank, 256], seed: seed), b: randomTensor([1, 600, rank], seed: seed + 1), scale: 0.5
            )
        }
        let pairs = [pair(10, rank: 4), nil, pair(20, rank: 7)]
        var parts = (0..<3).map { expected(matrix, x[$0..<$0 + 1]) }
        for (index, pair) in pairs.enumerated() {
            guard let pair else { continue }
            let inner = Tensor<Double>.product(x[index].converted(), pair.a[0].converted(), transposing: .right)
            let low = Tensor<Double>.product(inner, pair.b[0].converted(), transposing: .right, scale: pair.scale)
            parts[index] = parts[index] + low.reshaped([1, tokens, 600])
        }
        let found = matrix.product(x, pairs: pairs)
        #expect(error(of: found.converted(), from: Tensor(concatenating: parts)) < 3e-5)
        #expect(ThreadBudget.with(2) { matrix.product(x, pairs: pairs) } == found)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity], formats)
    func whatIsNotFiniteStaysSo(number: Float, format: QuantizationFormat?) throws {
        let matrix = try matrix(3, 256, format)
        var numbers = [Float](repeating: 1, count: 512)
        numbers[300] = number
        let found = matrix.product(Tensor(numbers, shape: [1, 2, 256])).scalars
        #expect(found[..<3].allSatisfy(\.isFinite) && !found[3...].contains(where: \.isFinite))
    }

    @Test func rowsAreDequantized() throws {
        for format in Self.formats {
            let matrix = try matrix(7, 256, format)
            let x = Tensor<Double>([Double](repeating: 0, count: 256), shape: [1, 256])
            #expect(matrix.gatheringRows([6, 0, 6]).shape == [3, 256])
            #expect(matrix.gatheringRows([6])[0] == matrix.gatheringRows([0, 6])[1])
            #expect(matrix.product(x.reshaped([1, 1, 256])) == Tensor(zeros: [1, 1, 7]))
        }
    }
}
