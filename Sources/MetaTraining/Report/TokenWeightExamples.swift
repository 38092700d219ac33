import BenchmarkData
import HTMLReports
import LanguageModel
import PERKModel
import Tensors
import TestTimeLearning

/// Held-out documents as the token weighter sees them, with the answers after they were learned.
struct TokenWeightExamples {
    let run: RecordedRun
    let model: AnsweringModel?

    /// A learned document.
    private struct Example {
        let heading: String
        /// `nil` without a weighter.
        let lines: [[ShadedText.Part]]?
        let answers: Markup
    }

    /// Learns the documents.
    ///
    /// - Throws: an error of the documents' generator or of the tokenizer.
    func section() throws -> HTMLPage.Section {
        guard let model else { return Self.section([.note("The run has no checkpoint yet.")]) }
        let examples = try sizes.map { try example(people: $0, model: model) }
        let values = examples.compactMap(\.lines).joined().joined().compactMap(\.value).filter(\.isFinite)
        guard let greatest = values.max() else {
            return Self.section(
                [.note("The model has no token weighter: every token counts the same.")]
                    + examples.flatMap { ["<h3>\($0.heading)</h3>", $0.answers] })
        }
        let range = min(0, values.min() ?? 0)...max(0, greatest)
        let introduction: Markup = """
            Held-out documents of the last stage, a line for each segment. A token's shade is its weight in the first inner step: \
            \(ShadedText(lines: [], range: range).scale). Answers are the greedy ones after the document was learned, by \
            \(run.checkpointDescription).
            """
        return Self.section(
            [.note(introduction)]
                + examples.flatMap { example -> [Markup] in
                    let text = ShadedText(lines: example.lines ?? [], range: range).markup
                    return ["<h3>\(example.heading)</h3>", .beside(text, example.answers)]
                })
    }

    private static func section(_ contents: [Markup]) -> HTMLPage.Section {
        HTMLPage.Section("Token weights and answers", contents)
    }

    /// The documents of the last stage, as its last step has them.
    private var settings: FactsSettings {
        let stage = run.configuration.curriculum[run.configuration.curriculum.count - 1]
        return stage.documents(afterSteps: stage.maximumSteps)
    }

    /// Numbers of people: the smallest three of those evaluated and those at the ends of the last stage.
    private var sizes: [Int] {
        let sizes = Set(run.configuration.evaluation.people + [settings.minimumPeople, settings.maximumPeople])
        return Array(sizes.filter { $0 > 0 }.sorted().prefix(3))
    }

    /// The first document that the run itself measures at this size.
    private func example(people: Int, model: AnsweringModel) throws -> Example {
        let data = TrainingData(
            seed: UInt64(run.configuration.seed), tokenizer: model.tokenizer, format: model.format,
            longestSequence: model.learned.configuration.longestSequence)
        let source = EvaluationSection.source(people: people, settings: settings)
        let document = try data.heldOut(1, of: source)[0]
        let segments = document.task.segments
        let encoder = DocumentEncoder(model: model.learned, threads: run.configuration.threads)
        let weights = encoder.tokenWeights(of: segments, adapter: model.learned.adapter)
        let tokens = segments.tokenCount
        return Example(
            heading: "People: \(people), tokens: \(tokens)",
            lines: try weights.map { weights in
                try zip(segments, weights).map { try parts(of: $0, weights: $1, model: model) }
            },
            answers: try answers(about: document, learnedBy: encoder, model: model))
    }

    /// The text of each token but the beginning.
    private func parts(
        of segment: TokenSequence, weights: [Float], model: AnsweringModel
    ) throws -> [ShadedText.Part] {
        var stream = TextStream(tokenizer: model.tokenizer)
        return try segment.tokens.indices.dropFirst().map { index in
            let isLast = index == segment.tokens.count - 1
            let text = try stream.append(segment.tokens[index]) + (isLast ? stream.rest() : "")
            let position = index - segment.firstTarget
            // A token that ends within a character has no text of its own.
            return ShadedText.Part(
                text.isEmpty ? "·" : text, value: weights.indices.contains(position) ? Double(weights[position]) : nil)
        }
    }

    private func answers(
        about document: HeldOutDocument, learnedBy encoder: DocumentEncoder<Float>, model: AnsweringModel
    ) throws -> Markup {
        let adapter: Adapter<Tensor<Float>>
        do {
            adapter = try encoder.encode([document.task.segments]).adapter
        } catch let error as EncodingDiverged {
            return .note("No answers: \(error.description).")
        }
        let asked = AnswerGenerator(model: model)
        // Where there are fewer facts than questions, some are asked again.
        var seen: Set<String> = []
        let questions = document.questions.indices.filter { seen.insert(document.questions[$0].question).inserted }
        let rows = try questions.map { index -> [Markup] in
            let answer = try document.answer(to: index, by: asked, adapter: adapter)
            return [
                "\(document.questions[index].question)",
                "<span class=\"\(answer.isRight ? "right" : "wrong")\">\(answer.isRight ? "✓" : "✗") \(answer.text)</span>",
                "\(document.questions[index].target)",
            ]
        }
        return Table(
            "Questions and answers", columns: [.init("Question"), .init("Model's answer"), .init("Right answer")],
            rows: rows
        ).markup
    }
}
