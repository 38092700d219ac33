import Tokenization

/// The text of a continuation while its tokens come.
///
/// A token may end within a character, and a piece of text may look otherwise at the start of a text than within it; so
/// the text so far is decoded as a whole, and what is certain and new is handed out.
public struct TextStream: Sendable {
    private let tokenizer: any Tokenizer
    private var tokens: [Int] = []
    private var handedOut = 0

    public init(tokenizer: any Tokenizer) { self.tokenizer = tokenizer }

    /// Takes a token; returns the text that it completes, which may be empty.
    ///
    /// - Throws: `TokenizationError`.
    public mutating func append(_ token: Int) throws -> String {
        tokens.append(token)
        let text = try decoded()
        return text.last == "\u{FFFD}" ? "" : handOut(text)
    }

    /// What is left at the end.
    ///
    /// - Throws: `TokenizationError`.
    public mutating func rest() throws -> String { handOut(try decoded()) }

    private func decoded() throws -> Substring.UnicodeScalarView {
        Substring(try tokenizer.decode(tokens, showingSpecialTokens: true)).unicodeScalars
    }

    // Counted in scalars: the next token may join the last character.
    private mutating func handOut(_ text: Substring.UnicodeScalarView) -> String {
        let new = text.dropFirst(handedOut)
        handedOut = max(handedOut, text.count)
        return String(new)
    }
}
