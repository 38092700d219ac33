extension PackedMatrix {
    /// The weights that are widened at once: for a product of matrices 2 MiB of Floats, enough rows for it to run at
    /// full speed; for that of a vector 512 KiB, which stay in the nearer caches.
    fileprivate static func tileWeights(for vectors: Int) -> Int { vectors == 1 ? 1 << 17 : 1 << 19 }
}

extension Tensor {
    /// The product of `a` with a packed matrix W [rows, columns], or with its transpose, plus `existing` if there is
    /// one.
    ///
    /// W is widened a tile of rows at a time, so that no more than a tile of it is ever held in this number type.
    ///
    /// - Parameters:
    ///   - transposed: `true` for a·Wᵀ, with `a` [n, columns] and the result [n, rows]; `false` for a·W, with `a`
    ///     [n, rows] and the result [n, columns].
    ///   - existing: a tensor of the result's shape.
    public static func product(
        _ a: Tensor, _ packed: PackedMatrix, transposed: Bool, adding existing: consuming Tensor? = nil
    ) -> Tensor {
        _ = MatrixProducts.singleThreaded
        precondition(
            a.shape.count == 2 && a.width == (transposed ? packed.columns : packed.rows),
            "product of \(a.shape) and \(packed.shape)\(transposed ? " transposed" : "")")
        let shape = [a.rows, transposed ? packed.rows : packed.columns]
        let accumulates = existing != nil
        // A product over an empty inner extent writes nothing, so there the result begins as zeros.
        var result = existing.take() ?? (a.width == 0 ? Tensor(zeros: shape) : Tensor(uninitialized: shape))
        precondition(result.shape == shape, "adding to \(result.shape), the product is \(shape)")
        if accumulates { result.makeUnique() }
        if result.count == 0 || a.count == 0 { return result }
        let tileRows = min(packed.rows, max(1, PackedMatrix.tileWeights(for: a.rows) / packed.columns))
        let tile = Tensor(uninitialized: [tileRows, packed.columns])
        packed.bytes.withUnsafeBytes { bytes in
            for first in stride(from: 0, to: packed.rows, by: tileRows) {
                let count = min(tileRows, packed.rows - first)
                packed.widen(first..<first + count, of: bytes, into: tile.start)
                // Within bounds: the tile's `count` rows meet `count` columns, from `first` on, of the result or of
                // `a`. Each tile writes columns of its own of a·Wᵀ, but all tiles are summed in a·W.
                Scalar.gemm(
                    transposeA: false, transposeB: transposed, rows: a.rows,
                    columns: transposed ? count : packed.columns, inner: transposed ? packed.columns : count, scale: 1,
                    a: a.start + (transposed ? 0 : first), strideA: a.width, b: tile.start, strideB: packed.columns,
                    existing: accumulates || (!transposed && first > 0) ? 1 : 0,
                    c: result.start + (transposed ? first : 0), strideC: result.width)
            }
        }
        return result
    }
}
