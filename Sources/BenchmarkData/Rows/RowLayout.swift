import Foundation

/// How rows lie in a file.
enum RowLayout: Equatable, Sendable {
    /// One on each line: JSON Lines.
    case lines
    /// Objects of JSON one after the other, each over several lines.
    case objects
    /// The elements of one list of JSON.
    case elements
    /// SQuAD's nesting: an object, whose `data` lists articles, whose `paragraphs` list the rows.
    case paragraphs
    /// The stories of bAbI; each question is a row.
    case stories

    /// The brackets that are open around a row of JSON, the outermost first.
    var brackets: [UInt8] {
        switch self {
        case .elements: Array("[".utf8)
        case .paragraphs: Array("{[{[".utf8)
        case .lines, .objects, .stories: []
        }
    }

    /// Finds the layout by the beginning of the file, and the offset at which its text begins.
    ///
    /// A file whose name ends in "jsonl" or "ndjson" has a row on each line, whatever they look like. Elsewhere an
    /// object whose first line ends within it (in `{`, `[`, `,` or `:`) is one of several lines.
    ///
    /// - Parameter format: where it is known; decides between text and JSON, and whether a file can be SQuAD's.
    /// - Throws: `RowError` where the file is empty or does not begin like rows of a known format.
    static func find(in file: RandomAccessFile, format: RowFormat?) throws(RowError) -> (RowLayout, start: Int) {
        func failure(_ reason: String, line: Int? = 1) -> RowError {
            RowError(file: file.path, line: line, reason: reason)
        }
        let head = try file.bytes(in: 0..<min(file.byteCount, 1 << 16))
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            throw failure("is UTF-16; convert it to UTF-8")
        }
        let mark = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let first = head[mark...].firstIndex(where: { !$0.isSpace }) else {
            throw failure("holds no rows", line: nil)
        }
        if format == .babi { return (.stories, mark) }
        let name = file.path.lowercased()
        switch head[first] {
        case UInt8(ascii: "["):
            return (.elements, mark)
        case _ where name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson"):
            return (.lines, mark)
        case UInt8(ascii: "{"):
            if format ?? .squad == .squad, head.holds("\"data\""), head.holds("\"paragraphs\"") {
                return (.paragraphs, mark)
            }
            let isWithin = try lastByteOfLine(from: first, in: file).map { "{[,:".utf8.contains($0) } ?? false
            return (isWithin ? .objects : .lines, mark)
        case UInt8(ascii: "0")...UInt8(ascii: "9") where format == nil:
            return (.stories, mark)
        default:
            let start = String(decoding: head[first...].prefix(16), as: UTF8.self).debugDescription
            throw failure("begins with \(start); rows are JSON or bAbI's text, so unpack or convert the file")
        }
    }

    /// The last byte before the line's end that is no white space.
    private static func lastByteOfLine(from start: Int, in file: RandomAccessFile) throws(RowError) -> UInt8? {
        var last: UInt8?
        try file.forEachChunk(in: start..<file.byteCount) { chunk, _ in
            let line = chunk.prefix { $0 != UInt8(ascii: "\n") }
            last = line.last { !$0.isSpace } ?? last
            return line.count == chunk.count
        }
        return last
    }
}

extension [UInt8] {
    fileprivate func holds(_ text: String) -> Bool {
        let pattern = Array(text.utf8)
        return indices.contains { self[$0] == pattern[0] && self[$0...].starts(with: pattern) }
    }
}
