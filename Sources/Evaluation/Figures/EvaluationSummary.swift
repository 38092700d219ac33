import BenchmarkData
/// The figures of one method in one cell.
public struct EvaluationSummary: Sendable, Equatable {
    public let cell: EvaluationCell.Place
    public let method: EvaluationMethod
    public let metric: Metric
    public let documents, questions: Int
    /// Documents on which the method failed, and those of which it left a part out.
    public let failures, cuts: Int
    /// The mean score with its 95 % interval, in which documents are the unit: the answers about one document stand and fall together.
    public let score: BootstrapInterval
    /// The mean exact match, where the metric is published with it.
    public let exactMatch: Double?
    /// Means: the tokens of a document, the seconds to read one, the seconds to answer a question.
    public let tokens, readSeconds, answerSeconds: Double
    /// The tokens of a document over the seconds to read it and answer one question; `nil` where it is not read.
    public let tokensPerSecond: Double?
    public let peakMebibytes: Int
    /// The mean bytes that are kept of a document between questions; `nil` where nothing of it is read.
    public let heldBytes: Double?
    /// The bytes of the keys and values of a token, where they are kept.
    private let bytesPerToken: Double?
    /// After how many questions about one document learning it costs less time than the document in every prompt; `nil`
    /// where it never does, or is not what was measured.
    public var breakEven: Int?
    /// What the confidences of the answers are worth; `nil` where there are none.
    public let trust: TrustFigures?
    /// The share of answers with the right supporting facts; `nil` where the model gives none, or no row lists them.
    public let supportAccuracy: Double?
    /// The same against the document in a prompt whose keys and values are kept.
    public var breakEvenCached: Int?
    /// From how many tokens of a document on its adapter takes fewer bytes than its keys and values.
    public var breakEvenTokens: Int?

    /// The summaries of all cells and methods, in their order; below a cell, those of the groups of its questions.
    public static func all(of predictions: [Prediction], cells: [EvaluationCell]) -> [EvaluationSummary] {
        let groups = Dictionary(grouping: predictions) { $0.cell }
        return cells.flatMap { cell in
            let own = groups[cell.name] ?? []
            return breakingEven(summaries(of: own, place: cell.place))
                + QuestionGroup.allCases.flatMap { group in
                    self.summaries(of: own.compactMap { $0.restricted(to: group) }, place: cell.place(of: group))
                }
        }
    }

    /// The summaries of a cell's methods with when learning the document pays.
    private static func breakingEven(_ summaries: [EvaluationSummary]) -> [EvaluationSummary] {
        var summaries = summaries
        guard let perk = summaries.firstIndex(where: { $0.method == .perk }) else { return summaries }
        if let prompt = summaries.first(where: { $0.method == .inContext }) {
            summaries[perk].breakEven = summaries[perk].questionsToBreakEven(with: prompt)
        }
        if let cached = summaries.first(where: { $0.method == .inContextCached }) {
            summaries[perk].breakEvenCached = summaries[perk].questionsToBreakEven(with: cached)
            summaries[perk].breakEvenTokens = summaries[perk].tokensToBreakEven(with: cached)
        }
        return summaries
    }

    private static func summaries(of predictions: [Prediction], place: EvaluationCell.Place) -> [EvaluationSummary] {
        let byMethod = Dictionary(grouping: predictions) { $0.method }
        return EvaluationMethod.allCases.compactMap { method in
            byMethod[method].flatMap { EvaluationSummary(of: $0, place: place, method: method) }
        }
    }

    private init?(of predictions: [Prediction], place: EvaluationCell.Place, method: EvaluationMethod) {
        guard let first = predictions.first,
            let score = BootstrapInterval(scoresByDocument: predictions.map { $0.outcomes.map(\.score) })
        else {
            return nil
        }
        (cell, self.method, metric, self.score) = (place, method, first.metric, score)
        documents = predictions.count
        let outcomes = predictions.flatMap(\.outcomes)
        questions = outcomes.count
        let matches = outcomes.compactMap(\.exactMatch)
        exactMatch = matches.isEmpty ? nil : matches.reduce(0, +) / Double(matches.count)
        failures = predictions.count { $0.failure != nil }
        cuts = predictions.count(where: \.isCut)
        tokens = Double(predictions.reduce(0) { $0 + $1.tokens }) / Double(documents)
        readSeconds = predictions.reduce(0) { $0 + $1.readSeconds } / Double(documents)
        answerSeconds = outcomes.reduce(0) { $0 + $1.seconds } / Double(max(1, questions))
        let seconds = readSeconds + answerSeconds
        tokensPerSecond = method.readsDocument && seconds > 0 ? tokens / seconds : nil
        peakMebibytes = predictions.map(\.peakMebibytes).max() ?? 0
        trust = TrustFigures(outcomes.compactMap(ConfidentAnswer.init))
        let supports = outcomes.compactMap(\.isSupportRight)
        supportAccuracy = supports.isEmpty ? nil : Double(supports.count { $0 }) / Double(supports.count)
        let held = predictions.compactMap(\.heldBytes)
        heldBytes = held.isEmpty ? nil : Double(held.reduce(0, +)) / Double(held.count)
        let tokensHeld = predictions.compactMap(\.heldTokens).reduce(0, +)
        bytesPerToken = tokensHeld == 0 ? nil : Double(held.reduce(0, +)) / Double(tokensHeld)
    }

    private func questionsToBreakEven(with prompt: EvaluationSummary) -> Int? {
        let saved = prompt.answerSeconds - answerSeconds
        guard saved > 0 else { return nil }
        let questions = (readSeconds - prompt.readSeconds) / saved
        return questions < 1e9 ? max(1, Int(questions.rounded(.up))) : nil
    }

    private func tokensToBreakEven(with cached: EvaluationSummary) -> Int? {
        guard let heldBytes, let bytesPerToken = cached.bytesPerToken else { return nil }
        return Int(heldBytes / bytesPerToken) + 1
    }
}
