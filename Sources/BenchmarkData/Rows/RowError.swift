/// A row that cannot be used, or a file that rows cannot be read from.
public struct RowError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path that was given.
    public let file: String
    /// Counted from 1; nil where the fault is the whole file's.
    public let line: Int?
    /// What is wrong and what would mend it: `answer is missing: give "answer" or "answers"`.
    public let reason: String

    public init(file: String, line: Int?, reason: String) {
        (self.file, self.line, self.reason) = (file, line, reason)
    }

    public var description: String {
        line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)"
    }
}

/// What is wrong with a row, apart from where it stands.
public struct RowFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let reason: String
    /// How many bytes into the row it is, where that is known; otherwise 0.
    public let byte: Int

    public init(_ reason: String, byte: Int = 0) {
        (self.reason, self.byte) = (reason, byte)
    }

    public var description: String { reason }
}
