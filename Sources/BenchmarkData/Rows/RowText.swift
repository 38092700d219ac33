import StrictJSON

extension RowIndex {
    /// The most bytes that a row may have: parsing one takes a multiple of that in memory.
    private static let longestRow = 1 << 28
    /// How deeply rows may be nested. The known formats need 5.
    private static let deepestNesting = 32

    /// A row of JSON.
    ///
    /// - Throws: `RowError` where it is none.
    func tree(ofRow row: Int) throws(RowError) -> JSONTree {
        let value = value(in: try text(ofRow: row))
        return try named(row: row) { () throws(RowFault) in
            do throws(JSONSyntaxError) {
                return try JSONReader.read(value, depthLimit: Self.deepestNesting)
            } catch {
                guard error.byte < value.count else { throw RowFault("the row is cut off: \(error.reason)") }
                throw RowFault("is not JSON: \(error.reason), at byte \(error.byte + 1) of the row", byte: error.byte)
            }
        }
    }

    /// The lines of a bAbI story up to and with a question.
    ///
    /// - Throws: `RowError` where they cannot be read.
    func story(ofRow row: Int) throws(RowError) -> ArraySlice<UInt8> {
        let text = try text(ofRow: row)
        let question = starts[row] - range(ofRow: row).lowerBound
        return text.prefix(text[question...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count)
    }

    /// What `body` gives, with the place of the row in what it throws.
    func named<Result>(row: Int, _ body: () throws(RowFault) -> Result) throws(RowError) -> Result {
        do throws(RowFault) {
            return try body()
        } catch {
            let line = try file.line(at: range(ofRow: row).lowerBound + error.byte)
            throw RowError(file: file.path, line: line, reason: error.reason)
        }
    }

    /// The bytes from the row's first to the next row's.
    private func text(ofRow row: Int) throws(RowError) -> [UInt8] {
        let range = range(ofRow: row)
        guard range.count <= Self.longestRow else {
            throw RowError(
                file: file.path, line: try file.line(at: starts[row]),
                reason: "the row has \(range.count) bytes; rows of at most \(Self.longestRow) are read")
        }
        return try file.bytes(in: range)
    }

    /// The bytes of the row itself, without white space at the end: a fault behind the last one is that of a row which
    /// is cut off. In a list it is followed by a comma or the list's end, and whatever comes then; if it is not, all
    /// stays, for the reader of JSON to find fault with.
    private func value(in text: [UInt8]) -> [UInt8] {
        let text = text.prefix((text.lastIndex { !$0.isSpace } ?? -1) + 1)
        guard !layout.brackets.isEmpty else { return Array(text) }
        let length = ValueScanner.length(of: text)
        let next = text[length...].first { !$0.isSpace }
        return next == UInt8(ascii: ",") || next == UInt8(ascii: "]") ? Array(text[..<length]) : Array(text)
    }
}
