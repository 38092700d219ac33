/// Which factor of a matrix product is transposed.
public enum TransposedFactor: Sendable {
    case neither, left, right
}

extension Tensor {
    /// scale·A·B (+ `existing`), with one factor transposed if asked.
    ///
    /// Two matrices [m, k]·[k, n], or two batches of them [batch, m, k]·[batch, k, n]. `existing` has the result's shape.
    public static func product(
        _ a: Tensor, _ b: Tensor, transposing: TransposedFactor = .neither, scale: Scalar = 1,
        adding existing: consuming Tensor? = nil
    ) -> Tensor {
        let (transposeA, transposeB) = (transposing == .left, transposing == .right)
        let axes = a.shape.count
        precondition(
            (2...3).contains(axes) && b.shape.count == axes && (axes == 2 || a.shape[0] == b.shape[0]),
            "product of \(a.shape) and \(b.shape)")
        let matrixA = (a.shape[axes - 2], a.shape[axes - 1]), matrixB = (b.shape[axes - 2], b.shape[axes - 1])
        let (rows, inner) = transposeA ? (matrixA.1, matrixA.0) : matrixA
        let (innerB, columns) = transposeB ? (matrixB.1, matrixB.0) : matrixB
        precondition(inner == innerB, "product of \(a.shape) and \(b.shape): inner extents \(inner) and \(innerB)")
        let shape = a.shape.dropLast(2) + [rows, columns]
        let accumulates = existing != nil
        var result = existing.take() ?? Tensor(uninitialized: Array(shape))
        precondition(result.shape == Array(shape), "adding to \(result.shape), the product is \(shape)")
        if accumulates { result.makeUnique() }
        if result.count == 0 { return result }
        for batch in 0..<(axes == 3 ? a.shape[0] : 1) {
            // Within bounds: each matrix of the batch has exactly its two extents' product of elements.
            Gemm(
                transposesA: transposeA, transposesB: transposeB, rows: rows, columns: columns, inner: inner,
                scale: scale, a: a.start + batch * matrixA.0 * matrixA.1, strideA: max(matrixA.1, 1),
                b: b.start + batch * matrixB.0 * matrixB.1, strideB: max(matrixB.1, 1),
                existing: accumulates ? 1 : 0, c: result.start + batch * rows * columns, strideC: columns
            ).runSpread()
        }
        return result
    }
}
