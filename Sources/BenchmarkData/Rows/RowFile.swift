import StrictJSON

/// A file of rows that are read when they are asked for, in any order and from any thread.
///
/// Opening it passes over the file once to find where rows begin, in a buffer of fixed size; afterwards a row costs the
/// memory of a row. So data sets larger than memory work, and shuffling is a matter of indices (`RowOrder`).
///
/// Files are JSON Lines; a list of objects, or objects one after the other, over any number of lines; SQuAD's nesting;
/// or bAbI's text. They are UTF-8, with or without a byte order mark; lines may end in CR LF; blank ones are passed
/// over.
public struct RowFile: Sendable {
    public let path: String
    public let format: RowFormat
    private let index: RowIndex

    /// How many rows are tried until one is JSON, so that a broken first one does not hide the format.
    private static let guesses = 16

    /// - Parameter format: nil to have it guessed by the first row that is JSON.
    /// - Throws: `RowError` where the file cannot be read, holds no rows, or the first one is in no known format.
    public init(path: String, format: RowFormat? = nil) throws(RowError) {
        let file = try RandomAccessFile(path: path)
        let (layout, start) = try RowLayout.find(in: file, format: format)
        let index = try RowIndex(of: file, layout: layout, from: start)
        guard !index.starts.isEmpty else {
            throw RowError(file: path, line: nil, reason: layout == .stories ? "holds no questions" : "holds no rows")
        }
        (self.path, self.index) = (path, index)
        if let format = layout == .stories ? .babi : format {
            self.format = format
        } else {
            self.format = try Self.guess(by: index)
        }
    }

    private static func guess(by index: RowIndex) throws(RowError) -> RowFormat {
        let firstReadable = index.starts.indices.prefix(guesses).first { (try? index.tree(ofRow: $0)) != nil } ?? 0
        let tree = try index.tree(ofRow: firstReadable)
        return try index.named(row: firstReadable) { () throws(RowFault) in try RowFormat.guess(from: tree) }
    }

    /// How many rows there are, those included that cannot be read.
    public var count: Int { index.starts.count }

    /// The row at `position`, from 0.
    ///
    /// - Throws: `RowError` where it cannot be read; other rows are not affected.
    public func row(at position: Int) throws(RowError) -> QADocument {
        precondition(index.starts.indices.contains(position), "no row \(position) among \(count)")
        if format == .babi {
            let story = try index.story(ofRow: position)
            return try index.named(row: position) { () throws(RowFault) in try QADocument(babiStory: story) }
        }
        let tree = try index.tree(ofRow: position)
        return try index.named(row: position) { () throws(RowFault) in try format.document(of: tree) }
    }

    /// What `make` makes of the row at `position`; an error of it is told as the row's.
    ///
    /// - Throws: `RowError`.
    public func row<Made>(at position: Int, _ make: (QADocument) throws -> Made) throws(RowError) -> Made {
        let row = try row(at: position)
        return try index.named(row: position) { () throws(RowFault) in
            do {
                return try make(row)
            } catch {
                throw RowFault("\(error)")
            }
        }
    }
}

/// What is done about a row that cannot be used.
public enum BadRows: String, CaseIterable, Sendable {
    /// It ends what reads the file.
    case stop
    /// It is reported and left out.
    case skip
}

/// A row that cannot be used, or a file that rows cannot be read from.
public struct RowError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path that was given.
    public let file: String
    /// Counted from 1; nil where the fault is the whole file's.
    public let line: Int?
    /// What is wrong and what would fix it: `answer is missing: give "answer" or "answers"`.
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
