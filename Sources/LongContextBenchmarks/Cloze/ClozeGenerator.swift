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
            let passage = passage(from: random.integer(in: 0...sentences.count - 1))
            let questions = ClozeQuestions(sentences: passage.sentences).draw(settings.questions, using: &random).map {
                random.occurs(settings.unanswerable) ? unanswerable(beside: passage.sentences) ?? $0 : $0
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

    /// A gap in a sentence of the text that the passage does not have, for what it does not have either; nil where none
    /// is found.
    private mutating func unanswerable(beside passage: [String]) -> RowQuestion? {
        for _ in 0..<Self.patience {
            let sentence = random.choice(of: sentences)
            guard !passage.contains(sentence) else { continue }
            // The words around a gap stand around nothing else, in the passage neither.
            let questions = ClozeQuestions(sentences: passage + [sentence]).draw(passage.count + 1, using: &random)
            let foreign = questions.first { question in !passage.contains { $0.contains(question.target) } }
            if let foreign { return .unanswerable(foreign.question) }
        }
        return nil
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
