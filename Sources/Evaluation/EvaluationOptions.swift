/// How answers are asked for.
public struct EvaluationOptions: Sendable, Equatable, Codable {
    public var methods: [EvaluationMethod]
    /// The most tokens of an answer.
    public var maximumAnswerTokens = 32
    /// The tokens of a prompt that are kept for the question.
    public var questionTokens = 48
    /// How many segments `retrieval` puts into the prompt.
    public var retrievedSegments = 8
    /// Whether the document in a prompt has the tokens that end its segments.
    public var endsSegmentsInPrompt = true
    /// How the methods that prompt the base model ask; `nil` to choose by rows that are not evaluated.
    public var style: PromptForm.Style?
    /// The number of worked examples; where the style is chosen, none may turn out to be better.
    public var shots = 1
    /// The file that worked examples come from, and the rows to choose on; `nil` for rows like those that are
    /// evaluated.
    public var examples: String?
    /// The digest of the model that `in-context-tuned` answers with.
    public var tuned: String?
    /// Of the random adapter, and of the order in which other rows are taken.
    public var seed: UInt64 = 1

    public init(methods: [EvaluationMethod] = EvaluationMethod.allCases) { self.methods = methods }

    enum CodingKeys: String, CodingKey {
        case methods
        case maximumAnswerTokens = "maximum_answer_tokens"
        case questionTokens = "question_tokens"
        case retrievedSegments = "retrieved_segments"
        case endsSegmentsInPrompt = "ends_segments_in_prompt"
        case style, shots, examples, tuned, seed
    }

    /// The tokens of a prompt that are left for the document.
    func documentRoom(of positions: Int) -> Int { max(0, positions - maximumAnswerTokens - questionTokens - 1) }
}
