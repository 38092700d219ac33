import Foundation

extension QuantizedMatrix {
    /// The transposed matrix, in memory of its own; `nil` for formats whose blocks join several weights of a row.
    public func transposed() -> QuantizedMatrix? {
        switch (format.blockWeights, format.blockBytes) {
        case (1, 2): transposed(of: UInt16.self)
        case (1, 4): transposed(of: UInt32.self)
        default: nil
        }
    }

    /// `Bits` is as wide as a weight.
    private func transposed<Bits: FixedWidthInteger & BitwiseCopyable>(of: Bits.Type) -> QuantizedMatrix? {
        var weights = [Bits](repeating: 0, count: rows * columns)
        bytes.withUnsafeBytes { source in
            for row in 0..<rows {
                for column in 0..<columns {
                    // The load is checked against the bounds, and need not be aligned.
                    let offset = (row * columns + column) * MemoryLayout<Bits>.size
                    weights[column * rows + row] = source.loadUnaligned(fromByteOffset: offset, as: Bits.self)
                }
            }
        }
        // A copy of the array's own bytes, all of them.
        let bytes = weights.withUnsafeBytes { Data($0) }
        return QuantizedMatrix(rows: columns, columns: rows, format: format, bytes: bytes)
    }
}
