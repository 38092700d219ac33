import LanguageModel
import Tensors

/// A question that is answered among others, and who waits for it.
public struct PendingQuestion: Sendable {
    public var question: AnswerGenerator.Question
    /// When the work for the answer began, for its `seconds`.
    public var start: ContinuousClock.Instant
    /// Called at each token; an error that it throws ends this answer, and no other.
    public var check: @Sendable () throws -> Void
    /// Called with the text that each token completes, all of which together are the answer's text; `nil` where nobody
    /// wants it before its end.
    public var onText: (@Sendable (String) -> Void)?
    /// Called once, with the answer or with what kept it from being given.
    public var onEnd: @Sendable (Result<Answer, any Error>) -> Void

    public init(
        _ question: AnswerGenerator.Question, since start: ContinuousClock.Instant,
        check: @escaping @Sendable () throws -> Void = {}, onText: (@Sendable (String) -> Void)? = nil,
        onEnd: @escaping @Sendable (Result<Answer, any Error>) -> Void
    ) {
        (self.question, self.start) = (question, start)
        (self.check, self.onText, self.onEnd) = (check, onText, onEnd)
    }
}

extension AnswerGenerator {
    /// Answers questions that come while others are being answered, side by side; see `Transformer.generate`. Each
    /// answer is what it would be alone, but for its `seconds`.
    ///
    /// - Parameter next: the next question; `nil` where none waits. When none is being answered either, all is done.
    public func answer(next: () -> PendingQuestion?) {
        var answering: [Int: AnswerUnderWay] = [:]
        var count = 0
        /// The next question that has a prompt; those that have none are told so.
        func nextPrompt() -> PromptToContinue? {
            while let pending = next() {
                do {
                    try pending.check()
                    let request = try request(for: pending.question)
                    answering[count] = AnswerUnderWay(pending, request: request, generator: self)
                    count += 1
                    return PromptToContinue(request)
                } catch {
                    pending.onEnd(.failure(error))
                }
            }
            return nil
        }
        ThreadBudget.with(threads) {
            transformer.generate(
                vocabulary: model.tokenizer.vocabularySize, next: nextPrompt,
                onToken: { index, token in answering[index]?.take(token) ?? false },
                onEnd: { index, result in
                    var ended = answering.removeValue(forKey: index)
                    ended?.end(result)
                })
        }
    }
}

/// An answer of which some tokens may be known.
private struct AnswerUnderWay {
    private let pending: PendingQuestion
    private let request: GenerationRequest
    private let generator: AnswerGenerator
    private var text: AnswerTextStream?
    private var firstToken: Double?
    private var failure: (any Error)?

    init(_ pending: PendingQuestion, request: GenerationRequest, generator: AnswerGenerator) {
        (self.pending, self.request, self.generator) = (pending, request, generator)
        if pending.onText != nil { text = AnswerTextStream(model: generator.model) }
    }

    private var seconds: Double { (ContinuousClock.now - pending.start).inSeconds }

    /// Returns whether the answer goes on.
    mutating func take(_ token: Int) -> Bool {
        firstToken = firstToken ?? seconds
        do {
            try pending.check()
            if let new = try text?.append(token), !new.isEmpty { pending.onText?(new) }
            return true
        } catch {
            failure = error
            return false
        }
    }

    mutating func end(_ result: Result<Generation, GenerationDiverged>) {
        let outcome = Result {
            if let failure { throw failure }
            var answer = try generator.answer(
                result.get(), after: request, segments: pending.question.segments)
            answer.seconds = Answer.Seconds(encode: 0, firstToken: firstToken ?? seconds, total: seconds)
            if let rest = text?.rest(of: answer.text), !rest.isEmpty { pending.onText?(rest) }
            return answer
        }
        pending.onEnd(outcome)
    }
}

/// The text of an answer while its tokens come: what is certain and new is handed out. All pieces together are the answer.
private struct AnswerTextStream {
    private let model: AnsweringModel
    private var tokens: [Int] = []
    private var growing = GrowingText()

    init(model: AnsweringModel) { self.model = model }

    /// Takes a token; returns the text that it completes, which may be empty.
    ///
    /// - Throws: `TokenizationError`.
    mutating func append(_ token: Int) throws -> String {
        tokens.append(token)
        let raw = try model.tokenizer.decode(tokens)
        // A token may end within a character, and an answer within tags begins and ends where its tags do.
        guard raw.last != "\u{FFFD}" else { return "" }
        guard model.format.includesSupport else { return growing.new(in: model.format.answer(in: raw).answer) }
        guard raw.contains("<output>") else { return "" }
        let answer = model.format.answer(in: raw).answer
        return growing.new(in: String(answer.prefix { $0 != "<" }))
    }

    /// What is left of the whole answer.
    mutating func rest(of answer: String) -> String { growing.new(in: answer) }
}
