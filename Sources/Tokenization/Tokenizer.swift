import Foundation

/// Text to token ids and back. A tokenizer never changes, so it may be used from several threads at once.
public protocol Tokenizer: Sendable {
    /// How many ids there are: every id lies in `0 ..< vocabularySize`.
    var vocabularySize: Int { get }

    /// The id that opens a sequence.
    var bos: Int { get }

    /// The id that closes a sequence.
    var eos: Int { get }

    /// The ids that close a sequence, by whichever file says so; ``eos`` among them.
    var ends: Set<Int> { get }

    /// The id that fills up the shorter sequences of a batch.
    var padding: Int { get }

    /// Whether the model that the vocabulary belongs to expects ``bos`` in front of a text.
    var addsBOS: Bool { get }

    /// The name of the file that holds ``serialized`` in a model's directory: "tokenizer.json" or "tokenizer.model".
    var fileName: String { get }

    /// The whole tokenizer as the bytes of a file: reading them back gives the same ids, so they also serve as a
    /// digest.
    var serialized: Data { get }

    /// The ids of a text, with neither ``bos`` nor ``eos`` added.
    ///
    /// - Parameter specialTokens: Where text that spells a special token becomes that token. Only where the text is
    ///   from a trusted source, such as a chat template; a document could otherwise end a sequence.
    /// - Throws: ``TokenizationError`` where the text is too long.
    func encode(_ text: String, specialTokens: SpecialTokenScope) throws -> [Int]

    /// The text of some ids. Bytes that do not form UTF-8 become U+FFFD.
    ///
    /// - Parameter showingSpecialTokens: Whether special tokens are spelled out; they have no text otherwise.
    /// - Throws: ``TokenizationError/unknownToken(_:vocabularySize:)`` where an id lies outside the vocabulary.
    func decode(_ tokens: [Int], showingSpecialTokens: Bool) throws -> String
}

/// Where in a text the spelling of a special token means the token.
public enum SpecialTokenScope: Sendable, Equatable {
    case nowhere
    case everywhere
    /// In these ranges of bytes of UTF-8 alone, which are in order and apart.
    case within([Range<Int>])

    /// Whether it means the token in `range`, which is not empty.
    func covers(_ range: Range<Int>) -> Bool {
        switch self {
        case .nowhere: return false
        case .everywhere: return true
        case .within(let ranges):
            // The first range that ends at or behind the end of this one.
            var (low, high) = (0, ranges.count)
            while low < high {
                let middle = (low + high) / 2
                if ranges[middle].upperBound < range.upperBound { low = middle + 1 } else { high = middle }
            }
            return low < ranges.count && ranges[low].lowerBound <= range.lowerBound
        }
    }
}

extension Tokenizer {
    /// The ids of a text, with neither ``bos`` nor ``eos`` added.
    ///
    /// - Parameter parsingSpecialTokens: Whether text that spells a special token becomes that token, anywhere.
    /// - Throws: ``TokenizationError`` where the text is too long.
    public func encode(_ text: String, parsingSpecialTokens: Bool) throws -> [Int] {
        try encode(text, specialTokens: parsingSpecialTokens ? .everywhere : .nowhere)
    }

    /// The ids of a text, with neither ``bos`` nor ``eos`` added. Text that spells a special token is plain text.
    ///
    /// - Throws: ``TokenizationError`` where the text is too long.
    public func encode(_ text: String) throws -> [Int] {
        try encode(text, specialTokens: .nowhere)
    }

    /// The text of some ids. Special tokens have no text; bytes that do not form UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TokenizationError/unknownToken(_:vocabularySize:)`` where an id lies outside the vocabulary.
    public func decode(_ tokens: [Int]) throws -> String {
        try decode(tokens, showingSpecialTokens: false)
    }

    /// The ids of a text that goes on after other text and a space.
    ///
    /// SentencePiece's vocabularies mostly encode any text as if a space stood before it; others need the space.
    ///
    /// - Throws: ``TokenizationError`` where the text is too long.
    public func encode(continuation text: String) throws -> [Int] {
        let letter = try encode("a")
        let addsSpace = try decode(letter + letter) == "a a"
        return try encode(addsSpace ? text : " " + text)
    }
}

/// What a file says of the tokens that frame a sequence; nil where it says nothing.
struct SpecialTokens: Equatable {
    var bos: Int?
    var eos: Int?
    var padding: Int?
    var addsBOS: Bool?

    /// These, and where they say nothing, the others.
    func filled(from others: SpecialTokens) -> SpecialTokens {
        SpecialTokens(
            bos: bos ?? others.bos, eos: eos ?? others.eos, padding: padding ?? others.padding,
            addsBOS: addsBOS ?? others.addsBOS)
    }
}

/// The tokens that frame a sequence.
struct SequenceFrame: Equatable {
    var bos: Int
    var eos: Int
    var padding: Int
    var addsBOS: Bool
}
