import CKernels

/// Two factors A [rank, in] and B [out, rank] that add scale·(x·Aᵀ)·Bᵀ to a product; axes of extent 1 may precede.
public struct LowRankFactors<Scalar: TensorScalar>: Sendable {
    public let a, b: Tensor<Scalar>
    public let scale: Double

    public init(a: Tensor<Scalar>, b: Tensor<Scalar>, scale: Double) {
        precondition(a.rows == b.width, "factors of shapes \(a.shape) and \(b.shape)")
        (self.a, self.b) = (a.reshaped([a.rows, a.width]), b.reshaped([b.rows, b.width]))
        self.scale = scale
    }

    var rank: Int { b.width }

    func inPrecision<Other>() -> LowRankFactors<Other> {
        (self as? LowRankFactors<Other>) ?? LowRankFactors<Other>(a: a.converted(), b: b.converted(), scale: scale)
    }
}

extension Tensor {
    /// This tensor [sequences, tokens, out] plus, for each sequence that has a pair, the products of `x` [sequences,
    /// tokens, in] with its factors.
    public consuming func adding(_ pairs: [LowRankFactors<Scalar>?], of x: Tensor) -> Tensor {
        guard pairs.contains(where: { $0 != nil }) else { return self }
        let shape = shape
        var parts = (0..<shape[0]).map { self[$0] }
        // Of a single sequence the memory is then owned by one, and added to in place.
        self = Tensor(uninitialized: [0])
        for (sequence, pair) in pairs.enumerated() {
            guard let pair else { continue }
            let inner = Tensor.product(x[sequence], pair.a, transposing: .right)
            let existing = parts[sequence]
            parts[sequence] = self
            parts[sequence] = Tensor.product(
                inner, pair.b, transposing: .right, scale: Scalar(pair.scale), adding: existing)
        }
        return (parts.count == 1 ? parts[0] : Tensor(concatenating: parts)).reshaped(shape)
    }
}

extension Tensor<Float> {
    /// This tensor plus scale·inner·Bᵀ for each sequence, where `inner` [tokens, rank] is there.
    func adding(_ pairs: [LowRankFactors<Float>?], of inner: [Tensor<Float>?]) -> Tensor<Float> {
        let rowsPerPart = 1 << 9
        let partsPerSequence = (width + rowsPerPart - 1) / rowsPerPart
        WorkerTeam.run(parts: inner.count * partsPerSequence) { part in
            let (sequence, index) = part.quotientAndRemainder(dividingBy: partsPerSequence)
            guard let pair = pairs[sequence], let inner = inner[sequence] else { return }
            let rows = index * rowsPerPart..<min((index + 1) * rowsPerPart, width)
            pair.b.addDots(of: inner, scale: Float(pair.scale), existing: 1, rows: rows, to: self[sequence])
        }
        return self
    }

    /// Writes scale·x·Wᵀ + existing·y into the columns of `y` [n, …] that `rows` of this matrix W [rows, columns] stand
    /// for; the matrix's row 0 is the column `first`.
    func addDots(
        of x: Tensor<Float>, scale: Float, existing: Float, rows range: Range<Int>, to y: Tensor<Float>,
        from first: Int = 0
    ) {
        precondition(
            x.width == width && y.rows == x.rows && range.upperBound <= rows && first + range.upperBound <= y.width,
            "products of \(x.shape) with rows \(range) of \(shape) for \(y.shape)")
        perk_row_dots(
            range.count, width, start + range.lowerBound * width, width, x.rows, x.start, width, scale, existing,
            y.start + first + range.lowerBound, y.width)
    }
}
