import ArgumentParser
import BenchmarkData
import Evaluation
import PERKModel

/// The options that decide how an evaluation's questions are answered.
struct EvaluationMethodOptions: ParsableArguments {
    private static let names = EvaluationMethod.allCases.map(\.rawValue)

    @Option(
        help: ArgumentHelp(
            "How questions are answered: \(Self.names.joined(separator: ", ")); several with commas (default: all, "
                + "in-context-tuned where --tuned is given).",
            valueName: "list"))
    var methods: WordList?

    @Option(name: .customLong("max-tokens"), help: ArgumentHelp("The most tokens of an answer.", valueName: "count"))
    var maximumTokens = 32

    @Option(help: ArgumentHelp("How many segments retrieval puts into the prompt.", valueName: "count"))
    var retrieved = 8

    /// How a document stands in a prompt.
    enum DocumentForm: String, CaseIterable, ExpressibleByArgument { case segments, text }

    @Option(
        help: """
            How a document stands in a prompt: with the tokens that end its segments, as base training here shows it, or \
            as plain text (default: text where the base model is a pretrained one, kept as it was).
            """)
    var promptForm: DocumentForm?

    /// How the base model is asked.
    enum Form: String, CaseIterable, ExpressibleByArgument { case auto, plain, template }

    @Option(
        help: """
            How methods that prompt ask: plain, in the model's chat template, or auto: which of these, with and \
            without worked examples, scores best on 50 rows that are not evaluated.
            """)
    var form = Form.auto

    @Option(
        help: ArgumentHelp(
            "Worked examples in a prompt, about other rows; with --form auto none may be better.", valueName: "count"))
    var shots = 1

    @Option(
        help: ArgumentHelp(
            "Rows for worked examples and for choosing the form (default: rows that are not evaluated).",
            valueName: "file"))
    var examples: String?

    @Option(
        help: ArgumentHelp(
            "The model that in-context-tuned answers with: one trained with method: in-context around the same base.",
            valueName: "directory"))
    var tuned: String?

    func validate() throws {
        if tuned == nil, methods?.words.contains(EvaluationMethod.inContextTuned.rawValue) == true {
            throw ValidationError(
                "--methods names in-context-tuned: give its model, trained with method: in-context, as --tuned.")
        }
        for name in methods?.words ?? [] where !Self.names.contains(name) {
            throw ValidationError("--methods names \(name): known are \(Self.names.joined(separator: ", ")).")
        }
        for (name, value, range) in [
            ("--max-tokens", maximumTokens, 1...65_536), ("--retrieved", retrieved, 1...65_536),
            ("--shots", shots, 0...16),
        ] where !range.contains(value) {
            throw ValidationError("\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    /// - Throws: `RowError`.
    func exampleSource() throws -> FileSource? { try examples.map { try FileSource(path: $0) } }

    /// - Throws: `UnfitTunedModel`, and what reading a model throws.
    func tunedModel(besides model: AnsweringModel) throws -> TunedModel? {
        try tuned.map { try TunedModel(path: $0, besides: model) }
    }

    func options(for model: AnsweringModel, tuned: TunedModel?) -> EvaluationOptions {
        let possible = EvaluationMethod.allCases.filter { $0 != .inContextTuned || tuned != nil }
        var options = EvaluationOptions(methods: methods?.words.compactMap(EvaluationMethod.init) ?? possible)
        options.tuned = tuned?.digest
        options.maximumAnswerTokens = maximumTokens
        options.retrievedSegments = retrieved
        options.style = PromptForm.Style(rawValue: form.rawValue)
        (options.shots, options.examples) = (shots, examples)
        options.endsSegmentsInPrompt = promptForm.map { $0 == .segments } ?? model.endsSegmentsInPrompt
        return options
    }
}
