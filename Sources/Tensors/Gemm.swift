import CKernels
import COpenBLAS

/// One product of row-major matrices in memory: C ← scale·op(A)·op(B) + existing·C, with op(A) [rows, inner] and op(B)
/// [inner, columns], and the leading dimensions (strides) of BLAS.
///
/// Whoever makes one answers for its bounds: each stored row begins a stride after the one before.
public struct Gemm<Scalar: TensorScalar> {
    var transposesA = false, transposesB = false
    var rows, columns, inner: Int
    var scale: Scalar = 1
    var a: UnsafePointer<Scalar>, strideA: Int
    var b: UnsafePointer<Scalar>, strideB: Int
    /// C is not read where this is 0.
    var existing: Scalar = 0
    var c: UnsafeMutablePointer<Scalar>, strideC: Int
    /// Of Floats; numbers of other types are never rounded.
    var arithmetic = Arithmetic.float32
    /// The layout of a matrix of which op(B) is the columns from `first` on, a multiple of 32.
    var layout: (panels: MatrixPanels, first: Int)?

    /// Computes it on the calling thread.
    func run() { Scalar.multiply(self) }

    /// Computes it, with runs of columns, or of rows where there are few columns, spread over the threads of `ThreadBudget`.
    /// An element's number does not depend on the run that it is in.
    func runSpread() {
        guard rows * inner * columns > 1 << 19, ThreadBudget.current > 1 else { return run() }
        if columns >= 192 { runColumnsSpread() } else { runRowsSpread() }
    }

    private func runRowsSpread() {
        // Each part copies all of B for itself, which 48 rows outweigh.
        let parts = max(1, min(8, rows / 48)), height = (rows + parts - 1) / parts
        WorkerTeam.run(parts: parts) { part in
            // Within bounds: the runs divide the rows of A and C, of which the last may be shorter or empty.
            let first = min(part * height, rows)
            var piece = self
            piece.rows = min(height, rows - first)
            piece.a += transposesA ? first : first * strideA
            piece.c += first * strideC
            piece.run()
        }
    }

    private func runColumnsSpread() {
        // Each part copies all of A for itself, which 100 columns outweigh. Whole vectors of columns go to each.
        let parts = min(8, columns / 96), width = (columns + 32 * parts - 1) / (32 * parts) * 32
        WorkerTeam.run(parts: parts) { part in
            // Within bounds: the runs divide the columns of B and C, of which the last may be shorter or empty.
            let first = min(part * width, columns)
            var piece = self
            piece.columns = min(width, columns - first)
            piece.b += transposesB ? first * strideB : first
            piece.c += first
            piece.layout?.first += first
            piece.run()
        }
    }
}

extension Gemm<Float> {
    /// In the terms of the C kernels.
    var kernelArguments: perk_product {
        perk_product(
            transpose_a: transposesA, transpose_b: transposesB, rounds_to_bfloat16: arithmetic == .bf16, rows: rows,
            columns: columns, inner: inner, scale: scale, existing: existing, a: a, b: b, c: c, stride_a: strideA,
            stride_b: strideB, stride_c: strideC, laid_out_b: layout?.panels.start, first_column: layout?.first ?? 0,
            all_columns: layout?.panels.columns ?? columns)
    }
}

extension Float {
    public static func multiply(_ gemm: Gemm<Float>) {
        var product = gemm.kernelArguments
        if gemm.rows == 1 && !gemm.transposesA && gemm.layout == nil && gemm.arithmetic == .float32 {
            perk_multiply_row(&product)
        } else if MatrixPanels.areSupported {
            // Blocks of the pool are aligned to 64 bytes, as the kernel wants its workspace.
            let workspace = Storage<UInt8>(capacity: perk_product_workspace)
            withExtendedLifetime((workspace, gemm.layout?.panels)) { perk_multiply(&product, workspace.pointer) }
        } else {
            _ = OpenBLAS.singleThreaded
            cblas_sgemm(
                CblasRowMajor, gemm.transposesA ? CblasTrans : CblasNoTrans,
                gemm.transposesB ? CblasTrans : CblasNoTrans, blasint(gemm.rows), blasint(gemm.columns),
                blasint(gemm.inner), gemm.scale, gemm.a, blasint(gemm.strideA), gemm.b, blasint(gemm.strideB),
                gemm.existing, gemm.c, blasint(gemm.strideC))
        }
    }
}

extension Double {
    public static func multiply(_ gemm: Gemm<Double>) {
        _ = OpenBLAS.singleThreaded
        cblas_dgemm(
            CblasRowMajor, gemm.transposesA ? CblasTrans : CblasNoTrans, gemm.transposesB ? CblasTrans : CblasNoTrans,
            blasint(gemm.rows), blasint(gemm.columns), blasint(gemm.inner), gemm.scale, gemm.a, blasint(gemm.strideA),
            gemm.b, blasint(gemm.strideB), gemm.existing, gemm.c, blasint(gemm.strideC))
    }
}

/// Products in Double, and those in Float on processors for which there are no kernels.
private enum OpenBLAS {
    /// The library works on the calling thread, so that results do not depend on the number of threads.
    static let singleThreaded: Void = openblas_set_num_threads(1)
}
