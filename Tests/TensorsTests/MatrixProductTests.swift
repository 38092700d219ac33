import Tensors
import Testing

@Suite struct MatrixProductTests {
    static let transpositions: [TransposedFactor] = [.neither, .left, .right]
    /// Rows, inner extent, columns; the last three as in products with low-rank factors and their gradients.
    static let extents = [
        (3, 5, 4), (1, 7, 1), (1, 1, 9), (16, 16, 16), (33, 17, 65), (0, 3, 2), (2, 0, 3), (2, 3, 0), (0, 0, 0),
        (70, 300, 16), (16, 300, 70), (26, 1024, 48),
    ]

    @Test(arguments: transpositions, extents)
    func productsAreTheSumsWrittenOut(_ transposing: TransposedFactor, _ extents: (Int, Int, Int)) {
        check(transposing, extents, batch: nil, Double.self, tolerance: 1e-13)
        check(transposing, extents, batch: nil, Float.self, tolerance: 1e-5)
    }

    @Test(arguments: transpositions, [0, 1, 3])
    func everyMatrixOfABatchIsMultiplied(_ transposing: TransposedFactor, _ batch: Int) {
        check(transposing, (4, 3, 5), batch: batch, Double.self, tolerance: 1e-13)
        check(transposing, (4, 3, 5), batch: batch, Float.self, tolerance: 1e-5)
    }

    @Test func accumulationLeavesOtherCopiesAlone() {
        let a: Tensor<Double> = randomTensor([2, 3], seed: 1), b: Tensor<Double> = randomTensor([3, 2], seed: 2)
        let existing = Tensor<Double>(repeating: 1, shape: [2, 2])
        let sum = Tensor.product(a, b, adding: existing)
        #expect(existing == Tensor(repeating: 1, shape: [2, 2]))
        #expect(error(of: sum, from: Tensor.product(a, b) + existing) < 1e-14)
    }

    @Test func viewsAreMultipliedWhereTheyLie() {
        let stack: Tensor<Double> = randomTensor([3, 4, 5], seed: 3), b: Tensor<Double> = randomTensor([5, 2], seed: 4)
        let copy = Tensor(stack[1].scalars, shape: [4, 5])
        #expect(Tensor.product(stack[1], b) == Tensor.product(copy, b))
    }

    private func check<Scalar: TensorScalar>(
        _ transposing: TransposedFactor, _ extents: (rows: Int, inner: Int, columns: Int), batch: Int?,
        _ type: Scalar.Type, tolerance: Double
    ) {
        let leading = batch.map { [$0] } ?? []
        let (rows, inner, columns) = extents
        let a: Tensor<Scalar> = randomTensor(
            leading + (transposing == .left ? [inner, rows] : [rows, inner]), seed: 1)
        let b: Tensor<Scalar> = randomTensor(
            leading + (transposing == .right ? [columns, inner] : [inner, columns]), seed: 2)
        let existing: Tensor<Scalar> = randomTensor(leading + [rows, columns], seed: 3)
        for (scale, added) in [(1, nil), (-0.5, existing)] {
            let found = Tensor.product(a, b, transposing: transposing, scale: Scalar(scale), adding: added)
            let expected = sums(a, b, transposing, extents, batch: batch, scale: scale, adding: added)
            #expect(error(of: found, from: expected) < tolerance)
        }
    }

    /// scale·Σₖ a·b (+ `existing`), in double precision.
    private func sums<Scalar: TensorScalar>(
        _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ transposing: TransposedFactor,
        _ extents: (rows: Int, inner: Int, columns: Int), batch: Int?, scale: Double, adding existing: Tensor<Scalar>?
    ) -> Tensor<Scalar> {
        let (rows, inner, columns) = extents
        let (x, y) = (a.scalars.map { Double($0) }, b.scalars.map { Double($0) })
        let z = existing?.scalars.map { Double($0) }
        var result: [Scalar] = []
        for matrix in 0..<(batch ?? 1) {
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = 0.0
                    for k in 0..<inner {
                        let left = transposing == .left ? k * rows + row : row * inner + k
                        let right = transposing == .right ? column * inner + k : k * columns + column
                        sum += x[matrix * rows * inner + left] * y[matrix * inner * columns + right]
                    }
                    result.append(Scalar(scale * sum + (z?[result.count] ?? 0)))
                }
            }
        }
        return Tensor(result, shape: (batch.map { [$0] } ?? []) + [rows, columns])
    }
}
