import Foundation
import PERKModel

/// A document to be learned.
public struct SubmitRequest: Codable, Sendable, Equatable {
    /// The most characters of a name.
    public static let nameLimit = 256

    /// The document; either this or `texts`.
    public var text: String?
    /// Several texts that become one document of numbered parts; see ``collection(of:)``.
    public var texts: [String]?
    /// A label for people, of at most ``nameLimit`` characters; it does not change the identifier. Replaces an earlier
    /// one of the same document.
    public var name: String?
    /// Whether the text is kept beside the adapter, so that more can be appended to it.
    public var keepText: Bool?

    public init(text: String, name: String? = nil, keepText: Bool = false) {
        (self.text, self.name, self.keepText) = (text, name, keepText)
    }

    public init(texts: [String], name: String? = nil, keepText: Bool = false) {
        (self.texts, self.name, self.keepText) = (texts, name, keepText)
    }

    /// The document that several texts make: each begins with a line `Part N.`, counted from 1, and an empty line stands
    /// between two of them.
    public static func collection(of texts: [String]) -> String {
        texts.enumerated().map { "Part \($0 + 1).\n\($1)" }.joined(separator: "\n\n")
    }

    /// The document's whole text.
    ///
    /// - Throws: ``ServiceError/invalid(parameter:reason:)``, `QuestionAnsweringError.emptyDocument`.
    func document() throws -> String {
        if let name, name.count > Self.nameLimit {
            throw ServiceError.invalid(
                parameter: "name", reason: "has \(name.count) characters and the limit is \(Self.nameLimit)")
        }
        guard text == nil || texts == nil else {
            throw ServiceError.invalid(parameter: "texts", reason: "give either text or texts, not both")
        }
        guard let texts = text.map({ [$0] }) ?? texts else {
            throw ServiceError.invalid(parameter: "text", reason: "missing; give a string")
        }
        guard !texts.isEmpty, texts.allSatisfy({ $0.contains { !$0.isWhitespace } }) else {
            throw QuestionAnsweringError.emptyDocument
        }
        return text ?? Self.collection(of: texts)
    }
}

/// Text to be appended to a document that was learned with its text kept.
public struct AppendRequest: Codable, Sendable, Equatable {
    /// The document's identifier.
    public var document: String
    /// What follows it, from a new line on.
    public var text: String

    public init(document: String, text: String) {
        (self.document, self.text) = (document, text)
    }
}

/// A question about a document.
public struct AskRequest: Codable, Sendable, Equatable {
    /// The identifier of a learned document; either this or `text`.
    public var document: String?
    /// A document that is learned first, unless it is known.
    public var text: String?
    public var question: String
    /// How the answer is drawn; greedily unless given.
    public var sampling: SamplingOptions?
    /// Whether the answer's text is wanted as it is written.
    public var stream: Bool?

    public init(
        document: String? = nil, text: String? = nil, question: String, sampling: SamplingOptions = SamplingOptions(),
        stream: Bool = false
    ) {
        (self.document, self.text, self.question) = (document, text, question)
        (self.sampling, self.stream) = (sampling, stream)
    }
}
