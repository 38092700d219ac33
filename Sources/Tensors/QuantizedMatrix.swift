import Foundation

/// A frozen matrix that stays in its file's format in memory, usually mapped from the file, and is dequantized a few rows
/// at a time as it is used.
///
/// A value type; the bytes are never written.
public struct QuantizedMatrix: Sendable {
    public let rows, columns: Int
    public let format: QuantizationFormat
    /// The rows one after the other, without gaps.
    public let bytes: Data
    private let rowBytes: Int

    /// - Returns: `nil` where the columns do not fill whole blocks, or `bytes` is not just as long as the shape asks.
    public init?(rows: Int, columns: Int, format: QuantizationFormat, bytes: Data) {
        guard rows >= 0, let rowBytes = format.rowBytes(columns: columns) else { return nil }
        let (total, overflow) = rowBytes.multipliedReportingOverflow(by: rows)
        guard !overflow, total == bytes.count else { return nil }
        (self.rows, self.columns, self.format, self.bytes, self.rowBytes) = (rows, columns, format, bytes, rowBytes)
    }

    /// A matrix of rows of this one.
    private init(rows: Int, of other: QuantizedMatrix, bytes: Data) {
        precondition(bytes.count == rows * other.rowBytes, "\(bytes.count) bytes for \(rows) rows")
        (self.rows, columns, format, self.bytes, rowBytes) = (rows, other.columns, other.format, bytes, other.rowBytes)
    }

    /// [rows, columns]
    public var shape: [Int] { [rows, columns] }

    /// Whether every weight is a finite number.
    public var isFinite: Bool {
        bytes.withUnsafeBytes { bytes in
            // As many whole blocks as there are bytes for.
            bytes.baseAddress.map { format.isFinite(bytes.count / format.blockBytes, $0) } ?? true
        }
    }

    /// The weights of some consecutive rows: [range.count, columns].
    public func dequantized<Scalar>(rows range: Range<Int>) -> Tensor<Scalar> {
        let result = Tensor<Scalar>(uninitialized: [range.count, columns])
        bytes.withUnsafeBytes { bytes in
            forEachRun(of: range.count, width: columns) { first, count in
                let rows = range.lowerBound + first..<range.lowerBound + first + count
                dequantize(rows, of: bytes, into: result.start + first * columns)
            }
        }
        return result
    }

    /// All weights: [rows, columns].
    public func dequantized<Scalar>() -> Tensor<Scalar> { dequantized(rows: 0..<rows) }

    /// The weights of the rows at `indices`: [indices, columns].
    public func gatheringRows<Scalar>(_ indices: [Int32]) -> Tensor<Scalar> {
        let result = Tensor<Scalar>(uninitialized: [indices.count, columns])
        bytes.withUnsafeBytes { bytes in
            for (row, index) in indices.enumerated() {
                dequantize(Int(index)..<Int(index) + 1, of: bytes, into: result.start + row * columns)
            }
        }
        return result
    }

    /// Rows in `range`, sharing memory.
    public func rows(_ range: Range<Int>) -> QuantizedMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        let start = bytes.startIndex + range.lowerBound * rowBytes
        return QuantizedMatrix(rows: range.count, of: self, bytes: bytes[start..<start + range.count * rowBytes])
    }

    /// The matrix whose row i is this one's row `order[i]`, in memory of its own.
    public func permutingRows(_ order: [Int]) -> QuantizedMatrix {
        var permuted = Data(capacity: order.count * rowBytes)
        for row in order {
            precondition((0..<rows).contains(row), "row \(row) of \(rows)")
            let start = bytes.startIndex + row * rowBytes
            permuted.append(bytes[start..<start + rowBytes])
        }
        return QuantizedMatrix(rows: order.count, of: self, bytes: permuted)
    }

    /// `body` reads the bytes of some consecutive rows, of which it is given the first and the length of each.
    func withRows(_ range: Range<Int>, _ body: (UnsafeRawPointer, Int) -> Void) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            body(start + range.lowerBound * rowBytes, rowBytes)
        }
    }

    /// Writes the weights of `range.count` rows at `target`; `buffer` is all of `bytes`.
    func dequantize<Scalar: TensorScalar>(
        _ range: Range<Int>, of buffer: UnsafeRawBufferPointer, into target: UnsafeMutablePointer<Scalar>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        let source = UnsafeRawBufferPointer(rebasing: buffer[range.lowerBound * rowBytes..<range.upperBound * rowBytes])
        guard let start = source.baseAddress else { return }
        let blocks = source.count / format.blockBytes
        if Scalar.self == Float.self {
            // The very type, so the memory is bound to it already.
            format.dequantize(blocks, start, UnsafeMutableRawPointer(target).assumingMemoryBound(to: Float.self))
        } else {
            let floats = Tensor<Float>(uninitialized: [range.count, columns])
            format.dequantize(blocks, start, floats.start)
            for index in 0..<floats.count { target[index] = Scalar(floats.start[index]) }
        }
    }
}
