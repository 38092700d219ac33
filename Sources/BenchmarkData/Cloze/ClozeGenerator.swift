import Tensors

/// Passages of a text with gaps in their own sentences as questions.
///
/// Training has the first nine tenths of the text's sentences, evaluation the rest, each from a random sentence on.
struct ClozeGenerator: DocumentGenerator {
    let task = GeneratedTask.cloze
    private let settings: GeneratorSettings
    private let sentences: [String]
    private var random: RandomSource

    /// Passages without a gap are passed over, so many in a row.
    private static let patience = 1000

    /// - Throws: `GeneratorError` where the text has no sentence for this split.
    init(settings: GeneratorSettings) throws(GeneratorError) {
        self.settings = settings
        random = settings.random(for: .cloze)
        guard let text = settings.background else {
            throw GeneratorError(
                task: .cloze, setting: "background", problem: "gaps are made in your own texts; give some")
        }
        let boundary = max(0, text.count - max(1, text.count / 10))
        sentences = Array(settings.split == .training ? text[..<boundary] : text[boundary...])
        guard !sentences.isEmpty else {
            throw GeneratorError(
                task: .cloze, setting: "background", problem: "\(text.count) sentences are too few; give more text")
        }
    }

    mutating func row() throws(GeneratorError) -> BenchmarkRow {
        for _ in 0..<Self.patience {
            let passage = randomPassage()
            let gaps = ClozeQuestions(sentences: passage.sentences)
            let questions = gaps.draw(settings.questions, using: &random).map {
                random.occurs(settings.unanswerable) ? unanswerable(by: gaps) ?? $0 : $0
            }
            guard !questions.isEmpty else { continue }
            return BenchmarkRow(
                context: .text(passage.sentences.joined(separator: " ")), questions: questions,
                fields: RowFields(task: task.rawValue, length: passage.tokens))
        }
        throw GeneratorError(
            task: .cloze, setting: "background",
            problem: "\(NoClozes()), or longer documents")
    }

    /// A gap in a sentence of another passage; `nil` where none is found that this one leaves open.
    private mutating func unanswerable(by gaps: ClozeQuestions) -> RowQuestion? {
        for _ in 0..<10 {
            let other = ClozeQuestions(sentences: randomPassage().sentences).draw(1, using: &random)
            if let question = other.first, !gaps.answers(question) { return .unanswerable(question.question) }
        }
        return nil
    }

    private mutating func randomPassage() -> (sentences: [String], tokens: Int) {
        passage(from: random.integer(in: 0...sentences.count - 1))
    }

    /// As many sentences as fit; none where the first one is too long.
    private func passage(from start: Int) -> (sentences: [String], tokens: Int) {
        var passage: [String] = []
        var tokens = 0
        for sentence in sentences[start...] {
            let count = max(1, settings.tokens(sentence))
            guard tokens + count <= settings.length else { break }
            passage.append(sentence)
            tokens += count
        }
        return (passage, tokens)
    }
}
