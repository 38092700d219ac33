import CKernels
import Foundation

/// A frozen matrix that stays in its file's format in memory, usually mapped from the file, and is widened row by row as it
/// is used.
///
/// A value type; the bytes are never written.
public struct PackedMatrix: Sendable {
    public let rows, columns: Int
    public let format: PackedFormat
    /// The rows one after the other, without gaps.
    public let bytes: Data
    private let rowBytes: Int

    /// - Returns: `nil` where the columns do not fill whole blocks, or `bytes` is not exactly as long as the shape asks.
    public init?(rows: Int, columns: Int, format: PackedFormat, bytes: Data) {
        guard rows >= 0, let rowBytes = format.rowBytes(columns: columns) else { return nil }
        let (total, overflow) = rowBytes.multipliedReportingOverflow(by: rows)
        guard !overflow, total == bytes.count else { return nil }
        (self.rows, self.columns, self.format, self.bytes, self.rowBytes) = (rows, columns, format, bytes, rowBytes)
    }

    public var shape: [Int] { [rows, columns] }
}
