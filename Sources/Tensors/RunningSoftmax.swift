import Foundation

/// The softmax of rows that come a tile of columns at a time and are never held whole.
public struct RunningSoftmax<Scalar: TensorScalar>: Sendable {
    /// Of each row so far: the greatest element, and the sum of the exponentials of all less the greatest.
    private var maxima, sums: Tensor<Scalar>

    public init(rows: Int) {
        maxima = Tensor(repeating: -.infinity, shape: [rows])
        sums = Tensor(zeros: [rows])
    }

    /// The exponentials of the elements of the next tile [rows, columns], each less the greatest of its row so far, and the
    /// factors [rows] by which that has scaled down what was summed before.
    public mutating func exponentials(
        of tile: Tensor<Scalar>
    ) -> (exponentials: Tensor<Scalar>, rescaling: Tensor<Scalar>) {
        precondition(tile.shape.count == 2 && tile.rows == maxima.count, "a tile of shape \(tile.shape)")
        let result = Tensor<Scalar>(uninitialized: tile.shape)
        let rescaling = Tensor<Scalar>(uninitialized: [tile.rows])
        maxima.makeUnique()
        sums.makeUnique()
        let width = tile.width
        let (tops, totals) = (maxima.start, sums.start)
        forEachRun(of: tile.rows, width: width) {
            Scalar.kernels.runningSoftmax(
                $1, width, tile.start + $0 * width, tops + $0, totals + $0, rescaling.start + $0,
                result.start + $0 * width)
        }
        return (result, rescaling)
    }

    /// log Σ exp(x) of each row: [rows].
    public var logarithms: Tensor<Scalar> {
        Tensor(zip(sums.scalars, maxima.scalars).map { Scalar(log(Double($0))) + $1 }, shape: sums.shape)
    }

    /// 1 / Σ exp(x - max): [rows].
    public var reciprocalSums: Tensor<Scalar> { Tensor(sums.scalars.map { 1 / $0 }, shape: sums.shape) }
}

extension Tensor {
    /// Takes over, for each row of `matrix`, the element in the column that `columns` names, where there is such a column.
    public mutating func pick(from matrix: Tensor, at columns: [Int32]) {
        precondition(matrix.rows == count && columns.count == count, "\(columns.count) of \(matrix.shape) for \(shape)")
        makeUnique()
        for row in 0..<count where columns[row] >= 0 && columns[row] < matrix.width {
            start[row] = matrix.start[row * matrix.width + Int(columns[row])]
        }
    }
}
