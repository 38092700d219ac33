import Foundation

/// How an answer is drawn from the model's distribution.
public struct SamplingOptions: Sendable, Equatable, Codable {
    /// The most tokens that an answer may have, at least 1.
    public var maxTokens: Int
    /// 0 takes the most probable token each time; above 0, logits are divided by it before sampling.
    public var temperature: Double
    /// Sampling keeps the most probable tokens that together reach this probability; above 0, at most 1.
    public var topP: Double
    /// The seed of the random source, so that a sampled answer can be had again.
    public var seed: UInt64

    public init(maxTokens: Int = 32, temperature: Double = 0, topP: Double = 1, seed: UInt64 = 0) {
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
    }
}

/// The answer to one question.
public struct Answer: Sendable, Equatable, Codable {
    /// Why the answer ended.
    public enum Finish: String, Sendable, Codable {
        /// The model ended it.
        case stop
        /// It reached ``SamplingOptions/maxTokens``.
        case length
    }

    /// Wall-clock times, counted from the start of the request.
    public struct Seconds: Sendable, Equatable, Codable {
        /// Until the document's adapter was there; close to 0 where it was cached.
        public var encode: Double
        /// Until the first token of the answer.
        public var firstToken: Double
        /// Until the last.
        public var total: Double

        public init(encode: Double, firstToken: Double, total: Double) {
            self.encode = encode
            self.firstToken = firstToken
            self.total = total
        }

        /// The same times when `seconds` of submitting the document went before them.
        public func after(submitting seconds: Double) -> Seconds {
            Seconds(encode: encode + seconds, firstToken: firstToken + seconds, total: total + seconds)
        }
    }

    /// The answer's text.
    public var text: String
    /// The supporting facts, where the model was trained to write them first.
    public var support: String?
    /// The probability that the answer is right, where the model is calibrated.
    public var confidence: Double?
    /// The signals that were asked for, or that the confidence was computed from.
    public var signals: [AnswerSignal: Double]
    /// The number of generated tokens.
    public var tokens: Int
    /// The sum of the natural logarithms of the probabilities of the generated tokens.
    public var logProbability: Double
    /// Why the answer ended.
    public var finish: Finish
    /// How long it took.
    public var seconds: Seconds

    public init(
        text: String, support: String? = nil, confidence: Double? = nil, signals: [AnswerSignal: Double] = [:],
        tokens: Int, logProbability: Double, finish: Finish, seconds: Seconds
    ) {
        self.text = text
        self.support = support
        self.confidence = confidence
        self.signals = signals
        self.tokens = tokens
        self.logProbability = logProbability
        self.finish = finish
        self.seconds = seconds
    }
}

extension Duration {
    /// The duration in seconds.
    package var inSeconds: Double { self / .seconds(1) }
}

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
