/// Worked examples as parts of a prompt, with and without their documents.
struct PromptParts<Part> {
    private let whole, short: [[Part]]
    private let wholeSize, shortSize: Int

    /// - Parameters:
    ///   - hasDocument: whether what is asked has a document; the examples then have theirs.
    ///   - part: writes an example, with its document or without one.
    ///   - size: the tokens of some parts.
    init(
        examples: [WorkedExample], hasDocument: Bool, part: (WorkedExample, String?) throws -> [Part],
        size: ([Part]) throws -> Int
    ) rethrows {
        short = try examples.map { try part($0, nil) }
        whole = hasDocument ? try examples.map { try part($0, $0.document) } : short
        shortSize = examples.isEmpty ? 0 : try size(short.flatMap(\.self))
        wholeSize = examples.isEmpty ? 0 : try size(whole.flatMap(\.self))
    }

    /// The examples that leave room for a document, and how many tokens are left for it.
    ///
    /// The documents of the examples go before anything of the document does; the examples themselves where they would
    /// take more than half of the room.
    func fitting(_ document: Int, in room: Int) -> (parts: [[Part]], space: Int) {
        if wholeSize + document <= room { return (whole, max(0, room - wholeSize)) }
        if shortSize + document <= room || 2 * shortSize <= room { return (short, max(0, room - shortSize)) }
        return ([], max(0, room))
    }
}

extension PromptParts<Int> {
    init(examples: [WorkedExample], hasDocument: Bool, part: (WorkedExample, String?) throws -> [Int]) rethrows {
        try self.init(examples: examples, hasDocument: hasDocument, part: part, size: \.count)
    }
}
