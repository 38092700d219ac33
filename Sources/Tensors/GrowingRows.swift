/// A matrix that rows are appended to, such as the keys of a generation in progress.
///
/// Memory is doubled when it is full, so appending costs the same per row however many there are.
public struct GrowingRows<Scalar: TensorScalar>: Sendable {
    private var buffer: Tensor<Scalar>
    private var count = 0

    /// - Parameter capacity: the number of rows that there is room for at first.
    public init(width: Int, capacity: Int = 16) { buffer = Tensor(uninitialized: [capacity, width]) }

    /// The rows so far: [rows, width]. Stays valid, and unchanged, when more are appended.
    public var rows: Tensor<Scalar> { buffer[0..<count] }

    /// Forgets the rows from `count` on; memory stays for others.
    public mutating func truncate(to count: Int) {
        precondition(count <= self.count, "\(count) of \(self.count) rows")
        self.count = count
    }

    /// Appends the rows of `more` [rows, width].
    public mutating func append(_ more: Tensor<Scalar>) {
        precondition(more.width == buffer.width, "rows of width \(more.width) for \(buffer.width)")
        // A copy of this value may share the buffer and append to it too: then each goes on with memory of its own.
        if count + more.rows > buffer.shape[0] || !buffer.isUnique {
            let larger = Tensor<Scalar>(uninitialized: [2 * (count + more.rows), buffer.width])
            larger.start.update(from: buffer.start, count: count * buffer.width)
            buffer = larger
        }
        (buffer.start + count * buffer.width).update(from: more.start, count: more.count)
        count += more.rows
    }
}
