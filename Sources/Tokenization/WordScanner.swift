/// Finds the words of a text, which is valid UTF-8, one after the other; together they are the whole text.
struct WordScanner {
    private let text: [UInt8]
    private let preTokenizer: PreTokenizer
    private var position: Int
    private let end: Int

    init(_ preTokenizer: PreTokenizer, text: [UInt8], range: Range<Int>) {
        self.text = text
        self.preTokenizer = preTokenizer
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next word, or nil at the end of the text.
    mutating func next() -> Range<Int>? {
        guard position < end else { return nil }
        let start = position
        position = preTokenizer == .qwen2 ? qwen2WordEnd(from: start) : gpt2WordEnd(from: start)
        return start..<position
    }

    // MARK: - The patterns, alternative by alternative

    private func gpt2WordEnd(from start: Int) -> Int {
        if let contractionEnd = contractionEnd(from: start) { return contractionEnd }
        let first = character(at: start)
        switch first.class {
        case .boundary: return first.end  // A digit that stands on its own.
        case .whitespace:
            // " ?" in front of a word.
            let second = character(at: first.end)
            if text[start] == UInt8(ascii: " "), second.class != .whitespace, second.class != .boundary {
                return runEnd(of: second.class, from: second.end)
            }
            return whitespaceEnd(from: first.end, start: start)
        case .letter, .number, .other: return runEnd(of: first.class, from: first.end)
        }
    }

    private func qwen2WordEnd(from start: Int) -> Int {
        if let contractionEnd = contractionEnd(from: start) { return contractionEnd }
        let first = character(at: start)
        if first.class == .letter { return runEnd(of: .letter, from: first.end) }
        if first.class == .number { return first.end }
        let second = character(at: first.end)
        if second.class == .letter, !isLineBreak(at: start) { return runEnd(of: .letter, from: second.end) }
        if first.class == .other { return lineBreaksEnd(from: runEnd(of: .other, from: first.end)) }
        if text[start] == UInt8(ascii: " "), second.class == .other {
            return lineBreaksEnd(from: runEnd(of: .other, from: second.end))
        }
        if let lineBreakEnd = lastLineBreakEnd(inWhitespaceFrom: start) { return lineBreakEnd }
        return whitespaceEnd(from: first.end, start: start)
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d`, for Qwen2 in either case: "ſ" (U+017F) folds to "s", no other character to any of
    /// these letters.
    private func contractionEnd(from start: Int) -> Int? {
        guard text[start] == UInt8(ascii: "'"), start + 1 < end else { return nil }
        let ignoresCase = preTokenizer == .qwen2
        func letter(_ index: Int) -> UInt8 {
            guard index < end else { return 0 }
            let byte = text[index]
            return ignoresCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        switch (letter(start + 1), letter(start + 2)) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return start + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        case (0xC5, 0xBF) where ignoresCase: return start + 3
        default: return nil
        }
    }

    /// `\s+(?!\S)|\s+`: whitespace before a word leaves it the last character, unless that is the only one.
    private func whitespaceEnd(from second: Int, start: Int) -> Int {
        var last = start
        var next = (class: CharacterClass.whitespace, end: second)
        var runEnd = start
        while next.class == .whitespace {
            last = runEnd
            runEnd = next.end
            next = character(at: runEnd)
        }
        return next.class == .boundary || last == start ? runEnd : last
    }

    /// `\s*[\r\n]+`: the end of the last line break in the whitespace, if there is one.
    private func lastLineBreakEnd(inWhitespaceFrom start: Int) -> Int? {
        var lineBreakEnd: Int?
        var index = start
        while true {
            let next = character(at: index)
            guard next.class == .whitespace else { return lineBreakEnd }
            if isLineBreak(at: index) { lineBreakEnd = next.end }
            index = next.end
        }
    }

    private func lineBreaksEnd(from start: Int) -> Int {
        var index = start
        while index < end, isLineBreak(at: index) { index += 1 }
        return index
    }

    private func runEnd(of wanted: CharacterClass, from start: Int) -> Int {
        var index = start
        while true {
            let next = character(at: index)
            guard next.class == wanted else { return index }
            index = next.end
        }
    }

    // MARK: - Characters

    private func isLineBreak(at index: Int) -> Bool {
        text[index] == UInt8(ascii: "\n") || text[index] == UInt8(ascii: "\r")
    }

    /// The class of the character that starts at an index, and where it ends. SmolLM's digits bound the text between
    /// them.
    private func character(at index: Int) -> (class: CharacterClass, end: Int) {
        guard index < end else { return (.boundary, index) }
        let byte = text[index]
        if byte < 0x80 {
            let found = CharacterClasses.ofASCII(byte)
            return (found == .number && preTokenizer == .smolLM ? .boundary : found, index + 1)
        }
        let (scalar, scalarEnd) = decodedScalar(in: text, at: index)
        if preTokenizer == .smolLM, CharacterClasses.isNumber(scalar) { return (.boundary, scalarEnd) }
        return (CharacterClasses.inPattern(scalar), scalarEnd)
    }
}

/// The character that starts at an index of valid UTF-8, and where it ends.
func decodedScalar(in text: [UInt8], at index: Int) -> (scalar: Unicode.Scalar, end: Int) {
    let first = UInt32(text[index])
    func continuation(_ offset: Int) -> UInt32 { UInt32(text[index + offset]) & 0x3F }
    let value: UInt32
    let length: Int
    switch first {
    case ..<0x80: (value, length) = (first, 1)
    case ..<0xE0: (value, length) = ((first & 0x1F) << 6 | continuation(1), 2)
    case ..<0xF0: (value, length) = ((first & 0x0F) << 12 | continuation(1) << 6 | continuation(2), 3)
    default:
        value = (first & 0x07) << 18 | continuation(1) << 12 | continuation(2) << 6 | continuation(3)
        length = 4
    }
    // Valid UTF-8 has no surrogates and nothing above U+10FFFF.
    return (Unicode.Scalar(value) ?? "\u{FFFD}", index + length)
}

/// How a text is cut into words, across which nothing is merged.
enum PreTokenizer: Equatable {
    case gpt2
    /// Every digit on its own, and between them as ``gpt2``.
    case smolLM
    case qwen2

    /// The regular expression that matches the words, as a tokenizer.json spells it.
    var pattern: String {
        switch self {
        case .gpt2, .smolLM:
            #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .qwen2:
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
                + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        }
    }

    /// The pre-tokenizer that a GGUF file names in `tokenizer.ggml.pre`, or nil where it is none of these.
    init?(ggufName: String) {
        switch ggufName {
        case "gpt-2", "gpt2", "default": self = .gpt2
        case "smollm": self = .smolLM
        case "qwen2": self = .qwen2
        default: return nil
        }
    }
}
