import BenchmarkData
import ChatTemplates
import Foundation
import LanguageModel
import QuestionAnswering
import Tensors
import TestTimeLearning
import Tokenization

@testable import Evaluation

/// A model of random weights to prompt, and a chat template whose turns stand between its beginning and end tokens.
enum PromptModel {
    static func make(maximumPositions: Int = 512) throws -> AnsweringModel {
        let vocabulary = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/tokenizer-test/test.model")
        let tokenizer = try SentencePieceTokenizer(path: vocabulary.path)
        let configuration = try ModelConfiguration(
            vocabularySize: tokenizer.vocabularySize, width: 16, intermediateWidth: 24, layers: 2, heads: 2,
            keyValueHeads: 1, tiedEmbeddings: true, maximumPositions: maximumPositions)
        var random = RandomSource(seed: 1)
        let layout = AdapterLayout(rank: 2, alpha: 4, rankStabilized: true, configuration: configuration)
        let learned = MetaLearnedModel<Float>(
            configuration: configuration, innerLoop: InnerLoopConfiguration(steps: 2),
            weights: ModelWeights(initializing: configuration, using: &random),
            adapter: Adapter(layout: layout, standardDeviationOfB: 0.02, using: &random), weighter: nil,
            logRates: MetaLearnedModel.uniformLogRates(0.01, tensors: layout.names.count, steps: 2))
        return AnsweringModel(learned: learned, tokenizer: tokenizer, format: TextFormat())
    }

    static func template() throws -> ChatTemplate {
        try ChatTemplate(
            "{% for m in messages %}<s>{{ m.role }}: {{ m.content }}</s>{% endfor %}"
                + "{% if add_generation_prompt %}<s>assistant:{% endif %}",
            source: "test")
    }

    static func options(style: PromptForm.Style? = nil, shots: Int = 1) -> EvaluationOptions {
        var options = EvaluationOptions(methods: [.inContext])
        (options.style, options.shots, options.maximumAnswerTokens) = (style, shots, 8)
        return options
    }

    static func writer(
        _ style: PromptForm.Style, maximumPositions: Int = 512, endsSegments: Bool = true
    ) throws -> PromptWriter {
        var options = options()
        options.endsSegmentsInPrompt = endsSegments
        return try PromptWriter(
            form: PromptForm(style: style, shots: 1), template: template(),
            model: make(maximumPositions: maximumPositions),
            options: options)
    }
}

extension QADocument {
    init(_ text: String, _ question: String, _ answer: String) {
        self.init(context: .text(text), questions: [DocumentQuestion(question: question, answers: [answer])])
    }
}
