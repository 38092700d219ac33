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
    /// Of the random adapter.
    public var seed: UInt64 = 1

    public init(methods: [EvaluationMethod] = EvaluationMethod.allCases) { self.methods = methods }

    enum CodingKeys: String, CodingKey {
        case methods
        case maximumAnswerTokens = "maximum_answer_tokens"
        case questionTokens = "question_tokens"
        case retrievedSegments = "retrieved_segments"
        case endsSegmentsInPrompt = "ends_segments_in_prompt"
        case seed
    }
}
