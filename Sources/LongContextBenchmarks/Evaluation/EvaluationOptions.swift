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
    public var threads: Int

    public init(methods: [EvaluationMethod] = EvaluationMethod.allCases, threads: Int) {
        self.methods = methods
        self.threads = threads
    }

    /// The number of threads does not change a result.
    enum CodingKeys: String, CodingKey {
        case methods
        case maximumAnswerTokens = "maximum_answer_tokens"
        case questionTokens = "question_tokens"
        case retrievedSegments = "retrieved_segments"
        case endsSegmentsInPrompt = "ends_segments_in_prompt"
        case seed
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(methods: try container.decode([EvaluationMethod].self, forKey: .methods), threads: 1)
        maximumAnswerTokens = try container.decode(Int.self, forKey: .maximumAnswerTokens)
        questionTokens = try container.decode(Int.self, forKey: .questionTokens)
        retrievedSegments = try container.decode(Int.self, forKey: .retrievedSegments)
        endsSegmentsInPrompt = try container.decode(Bool.self, forKey: .endsSegmentsInPrompt)
        seed = try container.decode(UInt64.self, forKey: .seed)
    }
}
