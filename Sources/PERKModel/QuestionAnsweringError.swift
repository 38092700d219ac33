import Foundation

/// Why a document could not be learned or a question not answered.
public enum QuestionAnsweringError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The document has no text, or white space alone.
    case emptyDocument
    /// The question has no text, or white space alone.
    case emptyQuestion
    /// The document has more tokens than the service accepts.
    case documentTooLong(tokens: Int, limit: Int)
    /// The question leaves no room for an answer within the model's context.
    case questionTooLong(tokens: Int, limit: Int)
    /// No document with this identifier has been learned, or it has been dropped since.
    case unknownDocument(String)
    /// The loss of an inner step, counted from 1, was not finite.
    case diverged(step: Int, loss: Double)

    public var description: String {
        switch self {
        case .emptyDocument:
            "the document is empty: give it some text"
        case .emptyQuestion:
            "the question is empty: give it some text"
        case .documentTooLong(let tokens, let limit):
            "the document has \(tokens) tokens and the limit is \(limit): "
                + "split the document, or raise the limit"
        case .questionTooLong(let tokens, let limit):
            "the question has \(tokens) tokens and the limit is \(limit): shorten the question"
        case .unknownDocument(let document):
            "no document \(document.prefix(80)) is known: submit its text first"
        case .diverged(let step, let loss):
            "encoding diverged, the loss of inner step \(step) is \(loss), and nothing was stored: "
                + "check that the document is plain text in a language the model knows"
        }
    }
}
