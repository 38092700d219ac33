import HTMLReports

/// How the base model is asked: with or without its chat template, and after so many worked examples.
public struct PromptForm: Sendable, Hashable, Codable, CustomStringConvertible {
    public enum Style: String, CaseIterable, Sendable, Codable {
        /// The document, then the question in the words of the model's `TextFormat`.
        case plain
        /// Turns of a conversation in the model's chat template.
        case template
    }

    public let style: Style
    /// The number of worked examples.
    public let shots: Int

    public init(style: Style, shots: Int) { (self.style, self.shots) = (style, shots) }

    public var description: String {
        let examples = shots == 0 ? "no worked example" : shots == 1 ? "1 worked example" : "\(shots) worked examples"
        return "\(style.rawValue), \(examples)"
    }
}

/// The form that all prompts of an evaluation have, and how it was found.
public struct PromptFormChoice: Sendable, Equatable, Codable {
    public struct Candidate: Sendable, Equatable, Codable {
        public let form: PromptForm
        /// The mean score of its answers, from 0 to 1.
        public let score: Double
    }

    public let form: PromptForm
    /// The method whose answers were compared; `nil` where the form was given.
    public let method: EvaluationMethod?
    /// How many rows they were about, which are not evaluated; 0 where there were none.
    public let rows: Int
    public let candidates: [Candidate]

    /// What a reader of the figures must know: the form, and why this one.
    public var summary: String {
        guard let method else { return "prompts: \(form)" }
        guard rows > 0 else {
            return "prompts: \(form); there are no other rows to choose the form on; a file of examples gives some"
        }
        let scores = candidates.map { "\($0.form): \(Decimals.text($0.score, places: 3))" }.joined(separator: "; ")
        return "prompts: \(form), chosen by \(method.rawValue) on \(rows) rows that are not evaluated"
            + (rows < PromptFormContest.rows ? ", as there are no more" : "") + " (\(scores))"
    }
}

/// A chat template is asked for, and the model has none.
public struct MissingChatTemplate: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String { "the model has no chat template: ask without one" }
}
