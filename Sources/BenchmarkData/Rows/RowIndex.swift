/// Where the rows of a file begin, found in one pass over its bytes without parsing them: 8 bytes a row.
struct RowIndex: Sendable {
    let file: RandomAccessFile
    let layout: RowLayout
    /// The offset of each row's first byte, ascending. In a bAbI file these are the lines with questions.
    private(set) var starts: [Int] = []
    /// The offset of each bAbI story's first line.
    private(set) var storyStarts: [Int] = []

    /// - Throws: `RowError` where the file cannot be read, or ends before its list of rows does.
    init(of file: RandomAccessFile, layout: RowLayout, from start: Int) throws(RowError) {
        (self.file, self.layout) = (file, layout)
        switch layout {
        case .lines: try findLines(from: start)
        case .stories: try findQuestions(from: start)
        case .objects, .elements, .paragraphs: try findValues(from: start)
        }
    }

    /// Blank lines are no rows.
    private mutating func findLines(from start: Int) throws(RowError) {
        var isInRow = false
        try file.forEachChunk(in: start..<file.byteCount) { chunk, offset in
            for (index, byte) in chunk.enumerated() {
                if byte == UInt8(ascii: "\n") {
                    isInRow = false
                } else if !isInRow, !byte.isSpace {
                    isInRow = true
                    starts.append(offset + index)
                }
            }
            return true
        }
    }

    /// A question is a line with a tab; a line numbered 1 begins a story, as the first one does.
    private mutating func findQuestions(from start: Int) throws(RowError) {
        var lineStart = start
        var isQuestion = false
        var previous = UInt8(ascii: "\n")
        storyStarts = [start]
        try file.forEachChunk(in: start..<file.byteCount) { chunk, offset in
            for (index, byte) in chunk.enumerated() {
                let position = offset + index
                if previous == UInt8(ascii: "\n") { (lineStart, isQuestion) = (position, false) }
                if byte == UInt8(ascii: "\t"), !isQuestion {
                    isQuestion = true
                    starts.append(lineStart)
                } else if byte == UInt8(ascii: " "), previous == UInt8(ascii: "1"), position == lineStart + 1 {
                    if storyStarts.last != lineStart { storyStarts.append(lineStart) }
                }
                previous = byte
            }
            return true
        }
    }

    private mutating func findValues(from start: Int) throws(RowError) {
        var scanner = ValueScanner(inside: layout.brackets)
        var surplus: Int?
        try file.forEachChunk(in: start..<file.byteCount) { chunk, offset in
            for (index, byte) in chunk.enumerated() {
                switch scanner.read(byte) {
                case .rowBegins: starts.append(offset + index)
                case .surplus: surplus = offset + index
                case .nothing: break
                }
                if surplus != nil { return false }
            }
            return true
        }
        if let surplus {
            throw RowError(
                file: file.path, line: try file.line(at: surplus), reason: "text after the end of the list of rows")
        }
        if !layout.brackets.isEmpty, scanner.isOpen {
            throw RowError(
                file: file.path, line: try file.line(at: file.byteCount),
                reason: "the file ends before its list of rows does; it was cut off, or a bracket is missing")
        }
    }

    /// The bytes from a row's first to the next row's. Those of bAbI begin with the question's story.
    func range(ofRow row: Int) -> Range<Int> {
        let end = row + 1 < starts.count ? starts[row + 1] : file.byteCount
        guard !storyStarts.isEmpty else { return starts[row]..<end }
        // The last story that begins no later than the question.
        var (low, high) = (0, storyStarts.count)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if storyStarts[middle] <= starts[row] { low = middle } else { high = middle }
        }
        return storyStarts[low]..<end
    }
}
