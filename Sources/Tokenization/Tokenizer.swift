import Foundation

/// Text to token ids and back. A tokenizer never changes, so it may be used from several threads at once.
public protocol Tokenizer: Sendable {
    /// How many ids there are: every id lies in `0 ..< vocabularySize`.
    var vocabularySize: Int { get }

    /// The id that opens a sequence.
    var beginning: Int { get }

    /// The id that closes a sequence.
    var end: Int { get }

    /// The id that fills up the shorter sequences of a batch.
    var padding: Int { get }

    /// The whole vocabulary as bytes: two tokenizers with the same bytes give the same ids. Meant for fingerprints.
    var serialized: Data { get }

    /// The ids of a text, with neither ``beginning`` nor ``end`` added. Text that spells a special token is plain text.
    ///
    /// - Throws: ``TokenizationError`` where the text is too long.
    func encode(_ text: String) throws -> [Int]

    /// The text of some ids. Special tokens have no text; bytes that do not form UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TokenizationError/unknownToken(_:vocabularySize:)`` where an id lies outside the vocabulary.
    func decode(_ tokens: [Int]) throws -> String
}
