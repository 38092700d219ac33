import CKernels

/// Two factors A [rank, in] and B [out, rank] that add scale·(x·Aᵀ)·Bᵀ to a product; axes of extent 1 may precede.
public struct LowRankFactors<Scalar: TensorScalar>: Sendable {
    public let a, b: Tensor<Scalar>
    public let scale: Double

    public init(a: Tensor<Scalar>, b: Tensor<Scalar>, scale: Double) {
        precondition(a.rows == b.width, "factors of shapes \(a.shape) and \(b.shape)")
        (self.a, self.b, self.scale) = (a, b, scale)
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
        makeUnique()
        let y = self
        let (tokens, rowsPerPart) = (y.shape[1], 64)
        let partsPerSequence = (tokens + rowsPerPart - 1) / rowsPerPart
        WorkerTeam.run(parts: pairs.count * partsPerSequence) { part in
            let (sequence, index) = part.quotientAndRemainder(dividingBy: partsPerSequence)
            guard let pair = pairs[sequence] else { return }
            precondition(
                x.width == pair.a.width && y.width == pair.b.rows && x.shape.dropLast() == y.shape.dropLast(),
                "factors of \(pair.a.shape) and \(pair.b.shape) for \(x.shape) and \(y.shape)")
            let rows = min(rowsPerPart, tokens - index * rowsPerPart), first = sequence * tokens + index * rowsPerPart
            let inner = Tensor(uninitialized: [rows, pair.rank])
            // Within bounds: `rows` rows from `first` on of `x` and `y`, whose widths are those of the factors.
            Gemm(
                transposesB: true, rows: rows, columns: pair.rank, inner: x.width, a: x.start + first * x.width,
                strideA: x.width, b: pair.a.start, strideB: x.width, c: inner.start, strideC: pair.rank
            ).run()
            Gemm(
                transposesB: true, rows: rows, columns: y.width, inner: pair.rank, scale: Scalar(pair.scale),
                a: inner.start, strideA: pair.rank, b: pair.b.start, strideB: pair.rank, existing: 1,
                c: y.start + first * y.width, strideC: y.width
            ).run()
        }
        return y
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
