// Operations on a tensor read as a matrix: all axes but the last are its rows. A vector over the columns has shape
// [width]; a vector over the rows has the matrix's shape without the last axis.
extension Tensor {
    private func requireColumns(_ vector: Tensor) {
        precondition(vector.shape == [width], "a column vector of shape \(vector.shape) for \(shape)")
    }

    private func requireRows(_ vector: Tensor) {
        precondition(vector.shape == Array(shape.dropLast()), "a row vector of shape \(vector.shape) for \(shape)")
    }

    /// Adds `vector` [width] to every row.
    public func addingToRows(_ vector: Tensor) -> Tensor {
        requireColumns(vector)
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.addToRows(rows, width, start, vector.start, result.start)
        return result
    }

    /// Multiplies every row by `vector` [width], element by element.
    public func multiplyingRows(_ vector: Tensor) -> Tensor {
        requireColumns(vector)
        let result = Tensor(uninitialized: shape)
        forEachRun(of: rows, width: width) {
            Scalar.kernels.multiplyRows($1, width, start + $0 * width, vector.start, result.start + $0 * width)
        }
        return result
    }

    /// Multiplies each row by its own factor.
    public func scalingRows(_ factors: Tensor) -> Tensor {
        requireRows(factors)
        let result = Tensor(uninitialized: shape)
        forEachRun(of: rows, width: width) {
            Scalar.kernels.scaleRows($1, width, start + $0 * width, factors.start + $0, result.start + $0 * width)
        }
        return result
    }

    /// Each row less its mean: linear, and its own transpose.
    public func centeringRows() -> Tensor {
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.centerRows(rows, width, start, result.start)
        return result
    }

    /// The columns in `range` of every row.
    public func columns(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= width, "columns \(range) of shape \(shape)")
        let result = Tensor(uninitialized: shape.dropLast() + [range.count])
        for row in 0..<rows {
            (result.start + row * range.count).update(from: start + row * width + range.lowerBound, count: range.count)
        }
        return result
    }

    /// The transpose of `columns`: this tensor's columns at `first` among `total` columns that are zero elsewhere.
    public func placingColumns(at first: Int, of total: Int) -> Tensor {
        precondition(first >= 0 && first + width <= total, "columns of shape \(shape) at \(first) of \(total)")
        let result = Tensor(zeros: shape.dropLast() + [total])
        for row in 0..<rows { (result.start + row * total + first).update(from: start + row * width, count: width) }
        return result
    }

    /// The inner product of each row with the same row of `other`.
    public func rowProducts(_ other: Tensor) -> Tensor {
        precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
        let result = Tensor(uninitialized: Array(shape.dropLast()))
        forEachRun(of: rows, width: width) {
            Scalar.kernels.rowProducts(
                $1, width, start + $0 * width, other.start + $0 * width, result.start + $0)
        }
        return result
    }

    /// The inner product of each column with the same column of `other`: [width].
    public func columnProducts(_ other: Tensor) -> Tensor {
        precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
        let result = Tensor(uninitialized: [width])
        Scalar.kernels.columnProducts(rows, width, start, other.start, result.start)
        return result
    }

    /// The sum of each column: [width].
    public func columnSums() -> Tensor {
        let result = Tensor(uninitialized: [width])
        Scalar.kernels.columnSums(rows, width, start, result.start)
        return result
    }

    /// Softmax over the last axis of [..., queries, keys], where the last query sees every key and each earlier query
    /// one key fewer. With a window, none sees more than so many keys, the last that it may see.
    public func causalSoftmax(window: Int? = nil) -> Tensor {
        precondition(shape.count >= 2 && shape[shape.count - 2] <= width, "causal softmax of shape \(shape)")
        let queries = shape[shape.count - 2]
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.causalSoftmax(
            queries == 0 ? 0 : rows / queries, queries, width, window ?? width, start, result.start)
        return result
    }

    /// p∘(g - ⟨p, g⟩) for each row, with p this tensor: the derivative of softmax, which is its own transpose.
    public func softmaxPullback(_ gradient: Tensor) -> Tensor {
        precondition(shape == gradient.shape, "shapes \(shape) and \(gradient.shape)")
        let result = Tensor(uninitialized: shape)
        forEachRun(of: rows, width: width) {
            Scalar.kernels.softmaxPullback(
                $1, width, start + $0 * width, gradient.start + $0 * width, result.start + $0 * width)
        }
        return result
    }

    /// Cross-entropy of each row of logits against its target, and the softmax probabilities.
    public func crossEntropy(targets: [Int32]) -> (losses: Tensor, probabilities: Tensor) {
        requireTargets(targets)
        let losses = Tensor(uninitialized: [rows])
        let probabilities = Tensor(uninitialized: shape)
        Scalar.kernels.crossEntropy(rows, width, start, targets, losses.start, probabilities.start)
        return (losses, probabilities)
    }

    /// The element of each row at its column in `columns`: [rows].
    public func picking(_ columns: [Int32]) -> Tensor {
        requireTargets(columns)
        let result = Tensor(uninitialized: [rows])
        for (row, column) in columns.enumerated() { result.start[row] = start[row * width + Int(column)] }
        return result
    }

    /// factors∘(p - onehot(targets)) for each row, with p this tensor.
    public func crossEntropyPullback(targets: [Int32], factors: Tensor) -> Tensor {
        requireTargets(targets)
        precondition(factors.shape == [rows], "factors of shape \(factors.shape) for \(rows) rows")
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.crossEntropyPullback(rows, width, start, targets, factors.start, result.start)
        return result
    }

    private func requireTargets(_ targets: [Int32]) {
        precondition(
            targets.count == rows && targets.allSatisfy { $0 >= 0 && $0 < width },
            "one target below \(width) for each of \(rows) rows")
    }

    /// The index of the largest element of each row; the first of equals.
    public func argmaxOfRows() -> [Int] {
        let indices = [Int64](unsafeUninitializedCapacity: rows) { buffer, count in
            if let first = buffer.baseAddress { Scalar.kernels.argmaxRows(rows, width, start, first) }
            count = rows
        }
        return indices.map(Int.init)
    }

    /// log Σ exp(factor·(x - largest)) over all elements x; not finite where one of them is +∞ or not a number.
    public func logSumOfExponentials(largest: Scalar, factor: Scalar = 1) -> Double {
        Scalar.kernels.logSum(count, start, largest, factor)
    }

    /// The rows of this matrix at `indices`: [indices, width].
    public func gatheringRows(_ indices: [Int32]) -> Tensor {
        precondition(indices.allSatisfy { $0 >= 0 && $0 < rows }, "row index out of range 0..<\(rows)")
        let result = Tensor(uninitialized: [indices.count, width])
        for (row, index) in indices.enumerated() {
            (result.start + row * width).update(from: start + Int(index) * width, count: width)
        }
        return result
    }

    /// The transpose of `gatheringRows`: a matrix of `rows` rows in which row `indices[i]` is the sum of this tensor's
    /// rows i.
    public func scatteringRows(_ indices: [Int32], rows total: Int) -> Tensor {
        precondition(indices.count == rows && indices.allSatisfy { $0 >= 0 && $0 < total }, "row index out of range")
        let result = Tensor(zeros: [total, width])
        for (row, index) in indices.enumerated() {
            let target = result.start + Int(index) * width
            Scalar.kernels.add(width, target, start + row * width, target)
        }
        return result
    }
}
