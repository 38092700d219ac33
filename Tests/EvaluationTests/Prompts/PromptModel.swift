import BenchmarkData
import ChatTemplates
import PERKModel
import SeededRandom
import TestTimeLearning
import TinyModels

@testable import Evaluation

/// A model of random weights to prompt, and a chat template whose turns stand between its beginning and end tokens.
enum PromptModel {
    static func make(maximumPositions: Int = 512) throws -> AnsweringModel {
        try TinyModel.make(
            weighterHiddenWidth: nil, innerLoop: InnerLoopConfiguration(steps: 2), maximumPositions: maximumPositions,
            format: TextFormat())
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
