extension Tensor {
    /// The product of `a` with a frozen matrix W [rows, columns], or with its transpose, plus `existing` if there is one.
    ///
    /// Where W is not laid out for the kernels, a quantized one is dequantized a tile of rows at a time, so that no more than a
    /// tile of it is held in this number type.
    ///
    /// - Parameters:
    ///   - transposed: `true` for a·Wᵀ, with `a` [n, columns] and the result [n, rows]; `false` for a·W, with `a`
    ///     [n, rows] and the result [n, columns].
    ///   - existing: a tensor of the result's shape.
    public static func product(
        _ a: Tensor, _ frozen: FrozenMatrix<Scalar>, transposed: Bool, adding existing: consuming Tensor? = nil
    ) -> Tensor {
        let (rows, columns) = (frozen.shape[0], frozen.shape[1])
        precondition(
            a.shape.count == 2 && a.width == (transposed ? columns : rows),
            "product of \(a.shape) and \(frozen.shape)\(transposed ? " transposed" : "")")
        let shape = [a.rows, transposed ? rows : columns]
        let accumulates = existing != nil
        // A product over an empty inner extent writes nothing, so there the result begins as zeros.
        var result = existing.take() ?? (a.width == 0 ? Tensor(zeros: shape) : Tensor(uninitialized: shape))
        precondition(result.shape == shape, "adding to \(result.shape), the product is \(shape)")
        if accumulates { result.makeUnique() }
        if result.count == 0 || a.count == 0 { return result }
        let panels = a.rows == 1 ? nil : frozen.panels(transposed: transposed)
        let rowsAtOnce = panels == nil ? frozen.rowsAtOnce(for: a.rows, transposed: transposed) : rows
        for first in stride(from: 0, to: rows, by: rowsAtOnce) {
            let count = min(rowsAtOnce, rows - first)
            // Panels take the place of the numbers, of which then none is read.
            let tile = panels == nil ? frozen.dequantized(first..<first + count) : a
            // Within bounds: the tile's `count` rows meet `count` columns, from `first` on, of the result or of `a`. Each
            // tile writes columns of its own of a·Wᵀ, but all tiles are summed in a·W.
            Gemm(
                transposesB: transposed, rows: a.rows, columns: transposed ? count : columns,
                inner: transposed ? columns : count, a: a.start + (transposed ? 0 : first), strideA: a.width,
                b: tile.start, strideB: columns, existing: accumulates || (!transposed && first > 0) ? 1 : 0,
                c: result.start + (transposed ? first : 0), strideC: result.width, arithmetic: frozen.arithmetic,
                layout: panels.map { ($0, 0) }
            ).runSpread()
        }
        return result
    }

    /// The product with a quantized matrix that is laid out nowhere.
    public static func product(
        _ a: Tensor, _ quantized: QuantizedMatrix, transposed: Bool, adding existing: consuming Tensor? = nil
    ) -> Tensor {
        product(a, FrozenMatrix(.quantized(quantized), arithmetic: .float32), transposed: transposed, adding: existing)
    }
}

extension FrozenMatrix {
    /// The rows whose numbers are had at once: all of a dense matrix. Of a quantized one, for a product of matrices 2 MiB of
    /// Floats, enough for it to run at full speed; for that of a vector 512 KiB, which stay in the nearer caches.
    fileprivate func rowsAtOnce(for vectors: Int, transposed: Bool) -> Int {
        guard case .quantized(let matrix) = numbers else { return max(1, shape[0]) }
        let fitting = max(1, (vectors == 1 ? 1 << 17 : 1 << 19) / max(1, matrix.columns))
        // A sum over the rows is one of blocks of so many: whole blocks leave it as it is without tiles.
        let block = 512
        return transposed || vectors == 1 ? fitting : max(1, fitting / block) * block
    }

    /// The numbers of some rows.
    fileprivate func dequantized(_ range: Range<Int>) -> Tensor<Scalar> {
        switch numbers {
        case .dense(let tensor): tensor[range]
        case .quantized(let matrix): matrix.dequantized(rows: range)
        }
    }

    /// The layout for a product with this matrix or its transpose, where there is one; made if it is wanted first.
    fileprivate func panels(transposed: Bool) -> MatrixPanels? {
        guard let layouts, MatrixPanels.areSupported, Scalar.self == Float.self, shape[0] > 0, shape[1] > 0 else {
            return nil
        }
        let part = MatrixLayouts.Part(
            rows: firstRow..<firstRow + shape[0], isTransposed: transposed, arithmetic: arithmetic)
        return layouts.panels(for: part) {
            let numbers: Tensor<Float> = dequantized(0..<shape[0]).inPrecision()
            let factor = Gemm(
                transposesB: transposed, rows: 0, columns: transposed ? shape[0] : shape[1],
                inner: transposed ? shape[1] : shape[0], a: numbers.start, strideA: 0, b: numbers.start,
                strideB: shape[1], c: numbers.start, strideC: 0, arithmetic: arithmetic)
            return (numbers, factor)
        }
    }
}
