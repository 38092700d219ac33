import BenchmarkData
import DocumentService
import PERKModel
import TestTimeLearning

/// Learns documents, asks about what they say and about what they do not, and judges the answers, for a calibration.
public struct AnswerJudge {
    /// What came of one document.
    public struct Judged: Sendable {
        public let tokens: Int
        /// The mean loss of the base model alone.
        public let baseLoss: Double
        public let answers: [JudgedAnswer]
        /// How many of these are about what the document does not say, the last ones.
        public let absent: Int
    }

    private let model: AnsweringModel
    private let service: QuestionAnswerer
    private let threads: Int
    private let absentShare: Double
    /// Questions of the documents before, from which those about absent names are taken.
    private var others: [String] = []
    /// How many absent questions are owed, as whole numbers seldom make the share.
    private var owed = 0.0

    private static let othersKept = 200

    /// - Parameter absentShare: the share of all questions, at least 0 and below 1, that documents do not answer.
    /// - Throws: an error if the model's digest cannot be taken.
    public init(model: AnsweringModel, threads: Int, absentShare: Double) throws {
        precondition(absentShare >= 0 && absentShare < 1, "a share of questions")
        self.model = model
        self.threads = threads
        self.absentShare = absentShare
        // A document's base loss is measured once, here.
        var unlimited = model
        unlimited.limits = nil
        service = try QuestionAnswerer(
            model: unlimited, name: "calibration", store: .inMemory(onDamage: { _ in }), threads: threads,
            maximumDocumentTokens: .max, signals: AnswerSignal.allCases)
    }

    /// Learns a row's document, answers its questions and others about names that it lacks, whose right answer is
    /// "unknown".
    ///
    /// - Throws: what learning and answering throw.
    public mutating func judge(_ row: QADocument, by metric: Metric) throws -> Judged {
        let segments = try model.format.segments(of: row.text, tokenizer: model.tokenizer)
        let submitted = try service.submit(text: row.text, name: nil) { _ in }
        defer { _ = try? service.remove(document: submitted.document) }
        let absent = absentQuestions(besides: row)
        let answers = try (row.questions + absent).map { question in
            let limit = try model.tokenizer.encode(question.target).count + Self.tokensBeyondTarget
            let answer = try service.ask(
                document: submitted.document, question: question.question,
                sampling: SamplingOptions(maxTokens: max(32, limit)))
            let score = metric.score(output: answer.text, for: question, task: row.fields.task)
            return JudgedAnswer(
                signals: answer.signals, isRight: score >= Prediction.Outcome.leastRightScore)
        }
        others = (others + row.questions.map(\.question)).suffix(Self.othersKept)
        return Judged(
            tokens: submitted.tokens, baseLoss: try model.learned.baseLoss(of: segments, threads: threads),
            answers: answers, absent: absent.count)
    }

    private static let tokensBeyondTarget = 16

    private mutating func absentQuestions(besides row: QADocument) -> [DocumentQuestion] {
        owed += Double(row.questions.count) * absentShare / (1 - absentShare)
        let names = NamesInText(row.text)
        // A sum of halves and thirds may be a little short of a whole number.
        let chosen = others.indices.filter { names.lacksName(in: others[$0]) }.prefix(Int(owed + 1e-6))
        owed -= Double(chosen.count)
        let questions = chosen.map { DocumentQuestion(question: others[$0], answers: [DocumentQuestion.unknown]) }
        for index in chosen.reversed() { others.remove(at: index) }
        return questions
    }
}

/// The words of a text, to tell which names it lacks.
struct NamesInText {
    private let words: Set<String>

    init(_ text: String) { words = Set(Self.words(of: text).map { $0.lowercased() }) }

    /// Whether the question names something that the text never mentions: whether one of its words with a capital, but
    /// for the first, does not occur. What is asked of it then cannot be known from the text.
    func lacksName(in question: String) -> Bool {
        Self.words(of: question).dropFirst().contains { word in
            word.first?.isUppercase == true && !words.contains(word.lowercased())
        }
    }

    /// Letters and digits; "Hannah's" has the name as a word of its own.
    private static func words(of text: String) -> [Substring] { text.split { !$0.isLetter && !$0.isNumber } }
}
