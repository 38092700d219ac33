import CKernels

/// A frozen matrix W [rows, columns] in the form in which answers are computed with it: for a few rows of activations at
/// a time, on as many threads as the budget allows.
///
/// Where weights are whole numbers of 4 or 8 bits, activations are rounded to whole numbers of 16 bits for the product,
/// which learning must not do. (With 8 bits the perplexity of SmolLM2-135M grows by half a percent.) Each row of a product is computed alike
/// whatever other rows stand beside it, if the activations are rounded or there are at most `mostDotRows` of them.
public enum AnsweringMatrix: Sendable {
    case quantized(QuantizedMatrix)
    case dense(Tensor<Float>)

    typealias IntegerKernel =
        @Sendable (
            perk_quantized_format, Int, Int, UnsafeRawPointer, Int, Int, UnsafeRawPointer, UnsafeMutablePointer<Float>,
            Int,
            UnsafeMutableRawPointer
        ) -> Void

    /// The most rows of activations that are multiplied one by one; more of them are one product of matrices.
    public static let mostDotRows = 16

    /// [rows, columns]
    public var shape: [Int] {
        switch self {
        case .quantized(let matrix): matrix.shape
        case .dense(let tensor): tensor.shape
        }
    }

    /// The rows at `indices`: [indices, columns].
    public func gatheringRows(_ indices: [Int32]) -> Tensor<Float> {
        switch self {
        case .quantized(let matrix): matrix.gatheringRows(indices)
        case .dense(let tensor): tensor.gatheringRows(indices)
        }
    }

    /// The same for tensors of any precision, computed in Float.
    public func product<Scalar>(_ x: Tensor<Scalar>, pairs: [LowRankFactors<Scalar>?] = []) -> Tensor<Scalar> {
        product(x.inPrecision(), pairs: pairs.map { $0?.inPrecision() }).inPrecision()
    }

    /// x·Wᵀ for x [sequences, tokens, columns], plus scale·(x·Aᵀ)·Bᵀ for each sequence that has a pair:
    /// [sequences, tokens, rows].
    public func product(_ x: Tensor<Float>, pairs: [LowRankFactors<Float>?] = []) -> Tensor<Float> {
        product(x, pairs: pairs, integers: perk_quantized_products)
    }

    /// - Parameter integers: the kernel for products in whole numbers.
    func product(
        _ x: Tensor<Float>, pairs: [LowRankFactors<Float>?], integers: @escaping IntegerKernel
    ) -> Tensor<Float> {
        let rows = shape[0]
        precondition(
            x.shape.count == 3 && x.width == shape[1] && (pairs.isEmpty || pairs.count == x.shape[0]),
            "product of \(x.shape) and \(shape) with \(pairs.count) pairs")
        let matrix = x.reshaped([x.rows, x.width])
        guard let parts = RowParts(of: self, x: matrix, integers: integers) else {
            let y =
                switch self {
                case .quantized(let quantized): Tensor.product(matrix, quantized, transposed: true)
                case .dense(let dense): Tensor.product(matrix, dense, transposing: .right)
                }
            return y.reshaped(x.shape.dropLast() + [rows]).adding(pairs, of: x)
        }
        let y = Tensor<Float>(uninitialized: x.shape.dropLast() + [rows])
        // Many rows meet a pair in products of matrices; of a few, the first factors are further parts of the job.
        let joins = x.shape[1] <= Self.mostDotRows
        let inner = joins ? pairs.map { $0.map { Tensor<Float>(uninitialized: [x.shape[1], $0.rank]) } } : []
        WorkerTeam.run(parts: inner.count + parts.count) { part in
            if part >= inner.count {
                parts.compute(part - inner.count, into: y)
            } else if let pair = pairs[part], let low = inner[part] {
                pair.a.addDots(of: x[part], scale: 1, existing: 0, rows: 0..<pair.rank, to: low)
            }
        }
        return joins ? y.adding(pairs, of: inner) : y.adding(pairs, of: x)
    }
}

/// The parts of a product of rows x [n, columns] with a matrix: some of the matrix's rows each.
private struct RowParts {
    private enum Rows {
        /// Whole numbers against rounded activations.
        case rounded(QuantizedMatrix, perk_quantized_format, activations: Tensor<Float>)
        case dequantized(QuantizedMatrix)
        case dense(Tensor<Float>)
    }

    private let rows: Rows
    private let x: Tensor<Float>
    private let rowCount, rowsPerPart: Int
    private let integers: AnsweringMatrix.IntegerKernel

    /// `nil` where the product is one for matrices.
    init?(of matrix: AnsweringMatrix, x: Tensor<Float>, integers: @escaping AnsweringMatrix.IntegerKernel) {
        switch matrix {
        case .quantized(let quantized):
            if let format = quantized.format.integerFormat {
                rows = .rounded(quantized, format, activations: Self.rounded(x))
            } else {
                guard x.rows <= AnsweringMatrix.mostDotRows else { return nil }
                rows = .dequantized(quantized)
            }
        case .dense(let tensor):
            guard x.rows <= AnsweringMatrix.mostDotRows else { return nil }
            rows = .dense(tensor)
        }
        self.x = x
        self.integers = integers
        rowCount = matrix.shape[0]
        // About 65,000 weights, which take a thread some microseconds, and whole groups of rows.
        rowsPerPart = max(1, (1 << 16) / max(1, matrix.shape[1] * 16)) * 16
    }

    var count: Int { (rowCount + rowsPerPart - 1) / rowsPerPart }

    /// Computes a part's columns of `y` [n, rows].
    func compute(_ part: Int, into y: Tensor<Float>) {
        let range = part * rowsPerPart..<min((part + 1) * rowsPerPart, rowCount)
        switch rows {
        case .dense(let tensor):
            tensor.addDots(of: x, scale: 1, existing: 0, rows: range, to: y)
        case .dequantized(let quantized):
            // As many rows at a time as stay in the nearest cache.
            let tileRows = max(4, (1 << 12) / max(1, quantized.columns))
            for first in stride(from: range.lowerBound, to: range.upperBound, by: tileRows) {
                let tile = first..<min(first + tileRows, range.upperBound)
                let dequantized: Tensor<Float> = quantized.dequantized(rows: tile)
                dequantized.addDots(of: x, scale: 1, existing: 0, rows: 0..<tile.count, to: y, from: first)
            }
        case .rounded(let quantized, let format, let activations):
            let scratch = Tensor<Float>(uninitialized: [perk_quantized_scratch_bytes(quantized.columns) / 4])
            quantized.withRows(range) { weights, rowBytes in
                // Within bounds: `y` has a column for each row of the matrix, and `range` lies within these.
                integers(
                    format, range.count, quantized.columns, weights, rowBytes, x.rows, activations.start,
                    y.start + range.lowerBound, rowCount, scratch.start)
            }
        }
    }

    private static func rounded(_ x: Tensor<Float>) -> Tensor<Float> {
        let result = Tensor<Float>(uninitialized: [x.rows, perk_rounded_row_bytes(x.width) / 4])
        let rowsPerPart = max(1, (1 << 14) / max(1, x.width))
        WorkerTeam.run(parts: (x.rows + rowsPerPart - 1) / rowsPerPart) { part in
            let first = part * rowsPerPart
            perk_round_rows(
                min(rowsPerPart, x.rows - first), x.width, x.start + first * x.width,
                result.start + first * result.width)
        }
        return result
    }
}

extension QuantizationFormat {
    /// The format's name among those whose products are computed in whole numbers.
    fileprivate var integerFormat: perk_quantized_format? {
        switch self {
        case .q4_0: perk_quantized_q4_0
        case .q4_1: perk_quantized_q4_1
        case .q8_0: perk_quantized_q8_0
        case .q4_K: perk_quantized_q4_K
        case .float32, .float16, .bfloat16, .q5_0, .q5_1, .q2_K, .q3_K, .q5_K, .q6_K, .iq4_NL: nil
        }
    }
}
