/// Finds added tokens in a text: the leftmost, and of those that start together the longest.
struct AddedTokenMatcher {
    private let spellings: PrefixSearch
    private let tokens: [AddedToken]

    /// - Parameter spelling: What a token looks like in the texts that are searched.
    init(_ tokens: [AddedToken], spelling: (AddedToken) -> ArraySlice<UInt8> = \.content) {
        self.tokens = tokens
        spellings = PrefixSearch(tokens.map(spelling))
    }

    /// A part of a text: one token, or text between tokens.
    enum Part: Equatable {
        case token(Int)
        case text(Range<Int>)
    }

    /// Cuts a text at the tokens in it. Nothing is empty, and the parts are in order.
    func parts(of text: [UInt8], in range: Range<Int>, specialTokens: SpecialTokenScope) -> [Part] {
        var parts: [Part] = []
        var start = range.lowerBound
        var position = range.lowerBound
        while let match = spellings.firstMatch(in: text, from: position, to: range.upperBound) {
            position = match.range.upperBound
            let token = tokens[match.index]
            guard !token.isSpecial || specialTokens.covers(match.range),
                !token.isSingleWord || Self.isSingleWord(match.range, in: text, within: range)
            else { continue }
            let textEnd =
                token.stripsLeft
                ? Self.whitespaceStart(before: match.range.lowerBound, in: text, from: range.lowerBound)
                : match.range.lowerBound
            // What an earlier token has taken stays with that one.
            if start < textEnd { parts.append(.text(start..<textEnd)) }
            parts.append(.token(token.id))
            let tokenEnd =
                token.stripsRight
                ? Self.whitespaceEnd(after: match.range.upperBound, in: text, to: range.upperBound)
                : match.range.upperBound
            start = max(start, tokenEnd)
        }
        if start < range.upperBound { parts.append(.text(start..<range.upperBound)) }
        return parts
    }

    private static func isSingleWord(_ match: Range<Int>, in text: [UInt8], within range: Range<Int>) -> Bool {
        if match.lowerBound > range.lowerBound {
            let before = decodedScalar(in: text, at: scalarStart(before: match.lowerBound, in: text)).scalar
            if isWordCharacter(before) { return false }
        }
        guard match.upperBound < range.upperBound else { return true }
        return !isWordCharacter(decodedScalar(in: text, at: match.upperBound).scalar)
    }

    /// `\w` (Unicode Technical Standard 18, annex C).
    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: true
        default: scalar.properties.isAlphabetic || scalar.properties.isJoinControl
        }
    }

    private static func whitespaceStart(before index: Int, in text: [UInt8], from start: Int) -> Int {
        var index = index
        while index > start {
            let previous = scalarStart(before: index, in: text)
            guard decodedScalar(in: text, at: previous).scalar.properties.isWhitespace else { break }
            index = previous
        }
        return index
    }

    private static func whitespaceEnd(after index: Int, in text: [UInt8], to end: Int) -> Int {
        var index = index
        while index < end {
            let next = decodedScalar(in: text, at: index)
            guard next.scalar.properties.isWhitespace else { break }
            index = next.end
        }
        return index
    }

    /// Where the character starts that ends at an index, which is not the start of the text.
    private static func scalarStart(before index: Int, in text: [UInt8]) -> Int {
        var start = index - 1
        while text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}

/// A token that is found in the text before it is cut into words.
struct AddedToken: Equatable {
    var id: Int
    /// What it looks like in a text, as UTF-8.
    var content: ArraySlice<UInt8>
    /// Whether it is a mark that is not part of a text, such as the end of a sequence.
    var isSpecial: Bool
    /// Whether it is looked for in the normalized text, and normalized itself.
    var isNormalized = false
    /// Whether it takes the whitespace before it along.
    var stripsLeft = false
    /// Whether it takes the whitespace after it along.
    var stripsRight = false
    /// Whether it counts only where no letter, mark, digit or connector is next to it.
    var isSingleWord = false

    /// The longest content, in bytes: matching takes as many steps at each byte of a text.
    static let longestContent = 1024
}
