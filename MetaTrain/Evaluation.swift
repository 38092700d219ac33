import Foundation
import LongContextBenchmarks
import QuestionAnswering
import TestTimeLearning

/// What the held-out documents of a run said at one step, by the name of each set of them.
struct Evaluation: Equatable {
    /// The figures of one set; none of its documents is trained on.
    struct Figures: Equatable {
        /// The share of questions answered exactly.
        var accuracy: Double
        /// The mean over the questions of the cross-entropy of their answers' tokens.
        var loss: Double
        /// The mean number of tokens of a document.
        var tokens: Double
        var questions: Int
    }

    var sets: [String: Figures]

    /// The name of the set of documents about so many people.
    static func name(people: Int) -> String { "\(people) people" }

    /// The name of the set of a file's documents.
    static func name(file: EvaluationFile) -> String {
        URL(fileURLWithPath: file.path ?? "").lastPathComponent
    }

    /// The means of accuracy and loss over the sets that are named and were measured; `nil` where none was.
    func means(over names: [String]) -> (accuracy: Double, loss: Double)? {
        // In the order of the names, for a sum depends on its order.
        let measured = names.compactMap { sets[$0] }
        guard !measured.isEmpty else { return nil }
        let count = Double(measured.count)
        return (measured.reduce(0) { $0 + $1.accuracy } / count, measured.reduce(0) { $0 + $1.loss } / count)
    }
}

extension Evaluation.Figures {
    /// Measures a model on held-out documents.
    ///
    /// Where the model writes supporting facts first, its answers are generated and compared as text; otherwise one pass
    /// over question and answer decides.
    init(of model: AnsweringModel, on documents: [HeldOutDocument], threads: Int) throws {
        let encoder = DocumentEncoder(model: model.learned, threads: threads)
        let adapted = AdaptedModel(model: model)
        self.init(accuracy: 0, loss: 0, tokens: 0, questions: 0)
        var right = 0
        for document in documents {
            let segments = document.task.segments
            let adapter = try encoder.encode([segments]).adapter
            let checks = encoder.checks([document.task.questions], adapter: adapter)[0]
            for (index, check) in checks.enumerated() {
                var isRight = check.isReproduced
                if model.format.includesSupport {
                    let limit = document.task.questions[index].targetCount + 16
                    let answer = try adapted.answer(
                        document.questions[index], adapter: adapter, segments: segments.count,
                        sampling: SamplingOptions(maxTokens: limit))
                    isRight = AnswerMetrics.exactMatch(answer.text, document.answers[index])
                }
                right += isRight ? 1 : 0
                loss += check.loss
            }
            questions += checks.count
            tokens += Double(segments.reduce(0) { $0 + $1.tokens.count })
        }
        accuracy = Double(right) / Double(max(1, questions))
        loss /= Double(max(1, questions))
        tokens /= Double(max(1, documents.count))
    }
}
