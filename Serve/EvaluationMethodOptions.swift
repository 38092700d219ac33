import ArgumentParser
import LongContextBenchmarks
import QuestionAnswering

/// The options that decide how an evaluation's questions are answered.
struct EvaluationMethodOptions: ParsableArguments {
    private static let names = EvaluationMethod.allCases.map(\.rawValue)

    @Option(
        help: ArgumentHelp(
            "How questions are answered: \(Self.names.joined(separator: ", ")); several with commas (default: all).",
            valueName: "list"))
    var methods: WordList?

    @Option(name: .customLong("max-tokens"), help: ArgumentHelp("The most tokens of an answer.", valueName: "count"))
    var maximumTokens = 32

    @Option(help: ArgumentHelp("How many segments retrieval puts into the prompt.", valueName: "count"))
    var retrieved = 8

    /// How a document stands in a prompt.
    enum PromptForm: String, CaseIterable, ExpressibleByArgument { case segments, text }

    @Option(
        help: """
            How a document stands in a prompt: with the tokens that end its segments, as base training here shows it, or \
            as plain text (default: text where the base model is a pretrained one, kept as it was).
            """)
    var promptForm: PromptForm?

    func validate() throws {
        for name in methods?.words ?? [] where !Self.names.contains(name) {
            throw ValidationError("--methods names \(name): known are \(Self.names.joined(separator: ", ")).")
        }
        for (name, value, range) in [
            ("--max-tokens", maximumTokens, 1...65_536), ("--retrieved", retrieved, 1...65_536),
        ] where !range.contains(value) {
            throw ValidationError("\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    func options(for model: AnsweringModel) -> EvaluationOptions {
        var options = EvaluationOptions(
            methods: methods?.words.compactMap(EvaluationMethod.init) ?? EvaluationMethod.allCases)
        options.maximumAnswerTokens = maximumTokens
        options.retrievedSegments = retrieved
        options.endsSegmentsInPrompt = promptForm.map { $0 == .segments } ?? model.endsSegmentsInPrompt
        return options
    }
}
