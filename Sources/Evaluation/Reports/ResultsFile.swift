import BenchmarkData
import Foundation

/// The figures of an evaluation in the layout of lm-evaluation-harness's results, so that what reads those reads these.
///
/// Each cell and method is a task there: `results` has its measures, under `NAME,none` with `NAME_stderr,none` beside it.
/// What the harness does not know (seconds, memory, intervals, the break-even) stands under names of its own.
public struct ResultsFile: Encodable {
    public let results: [String: [String: Value]]
    public let configs: [String: [String: Value]]
    public let versions: [String: Int]
    public let nShot: [String: Int]
    public let higherIsBetter: [String: [String: Bool]]
    public let nSamples: [String: [String: Int]]
    public let config: [String: Value]
    /// Seconds since 1970.
    public let date: Double

    enum CodingKeys: String, CodingKey {
        case results, configs, versions, config, date
        case nShot = "n-shot"
        case higherIsBetter = "higher_is_better"
        case nSamples = "n-samples"
    }

    /// A value of some type of JSON.
    public enum Value: Encodable, Equatable {
        case number(Double)
        case integer(Int)
        case text(String)
        case numbers([String: Double])

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .integer(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .numbers(let numbers): try container.encode(numbers)
            }
        }
    }

    /// - Parameter choice: how the prompts' form was found, where a method prompts.
    public init(
        _ summaries: [EvaluationSummary], heading: PredictionLog.Heading, choice: PromptFormChoice? = nil,
        date: Date = Date()
    ) {
        func table<Entry>(_ entry: (EvaluationSummary) -> Entry) -> [String: Entry] {
            Dictionary(summaries.map { (Self.name(of: $0), entry($0)) }) { first, _ in first }
        }
        results = table(Self.measures)
        configs = table { summary in
            [
                "task": .text(Self.name(of: summary)), "dataset_name": .text(summary.cell.label.series),
                "method": .text(summary.method.rawValue),
                "length": summary.cell.label.length.map { .integer($0) },
                "depth": summary.cell.label.depth.map { .number($0) },
                "facts": summary.cell.label.facts.map { .integer($0) },
            ].compactMapValues(\.self)
        }
        versions = table { _ in 1 }
        nShot = table { $0.method.isPrompted ? choice?.form.shots ?? 0 : 0 }
        higherIsBetter = table { summary in
            [summary.metric.harnessName: true].merging(summary.exactMatch == nil ? [:] : ["exact_match": true]) { $1 }
        }
        nSamples = table { ["original": $0.questions, "effective": $0.questions] }
        let settings: [String: Value] = [
            "model": .text("perk"), "model_args": .text("path=\(heading.model),recipe=\(heading.recipe)"),
            "batch_size": .integer(1), "bootstrap_iters": .integer(2000),
            "max_gen_toks": .integer(heading.options.maximumAnswerTokens),
        ]
        config = settings.merging(choice.map(Self.settings) ?? [:]) { first, _ in first }
        self.date = date.timeIntervalSince1970
    }

    /// The prompts' form and, where it was chosen, on how many rows, by which method and with what scores.
    private static func settings(_ choice: PromptFormChoice) -> [String: Value] {
        let scores = Dictionary(uniqueKeysWithValues: choice.candidates.map { ("\($0.form)", $0.score) })
        return [
            "prompt_form": .text("\(choice.form)"), "prompt_form_rows": .integer(choice.rows),
            "prompt_form_method": choice.method.map { .text($0.rawValue) },
            "prompt_form_scores": scores.isEmpty ? nil : .numbers(scores),
        ].compactMapValues(\.self)
    }

    private static func name(of summary: EvaluationSummary) -> String {
        "\(summary.cell.name), \(summary.method.rawValue)"
    }

    private static func measures(_ summary: EvaluationSummary) -> [String: Value] {
        let metric = summary.metric.harnessName
        // A 95 % interval is 3.92 standard errors wide.
        let error = (summary.score.upper - summary.score.lower) / 3.92
        return [
            "alias": .text(name(of: summary)), "\(metric),none": .number(summary.score.mean),
            "\(metric)_stderr,none": .number(error), "\(metric)_lower,none": .number(summary.score.lower),
            "\(metric)_upper,none": .number(summary.score.upper), "documents,none": .integer(summary.documents),
            "failures,none": .integer(summary.failures), "cut_documents,none": .integer(summary.cuts),
            "document_tokens,none": .number(summary.tokens), "read_seconds,none": .number(summary.readSeconds),
            "answer_seconds,none": .number(summary.answerSeconds),
            "tokens_per_second,none": summary.tokensPerSecond.map { .number($0) },
            "peak_mebibytes,none": .integer(summary.peakMebibytes),
            "break_even_questions,none": summary.breakEven.map { .integer($0) },
            "break_even_questions_cached,none": summary.breakEvenCached.map { .integer($0) },
            "break_even_document_tokens_cached,none": summary.breakEvenTokens.map { .integer($0) },
            "held_bytes,none": summary.heldBytes.map { .number($0) },
            "support_accuracy,none": summary.supportAccuracy.map { .number($0) },
        ].compactMapValues(\.self).merging(summary.trust.map(measures) ?? [:]) { first, _ in first }
            .merging(summary.exactMatch.map { ["exact_match,none": .number($0)] } ?? [:]) { first, _ in first }
    }

    private static func measures(_ trust: TrustFigures) -> [String: Value] {
        var measures: [String: Value] = [
            "expected_calibration_error,none": .number(trust.calibrationError),
            "confident_answers,none": .integer(trust.answers),
        ]
        measures["roc_auc,none"] = trust.rocArea.map { .number($0) }
        for point in trust.coverage {
            let percent = Int((point.share * 100).rounded())
            measures["accuracy_at_\(percent)_percent_answered,none"] = .number(point.accuracy)
        }
        return measures
    }

    /// The file's bytes.
    public func serialized() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension Metric {
    /// The name by the custom of lm-evaluation-harness: `exact_match`.
    var harnessName: String { rawValue.replacing("-", with: "_") }
}
