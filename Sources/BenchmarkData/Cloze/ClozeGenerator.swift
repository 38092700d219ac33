import Foundation
import PERKModel
import SeededRandom

extension GeneratedTask {
    /// Passages of a text of one's own, with gaps in their sentences as questions.
    public static let cloze = GeneratedTask("cloze", metric: .exactMatch, hasDepth: false, asksOften: true) {
        (settings) throws(GeneratorError) in try ClozeGenerator(settings: settings)
    }
}

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

    mutating func row() throws(GeneratorError) -> QADocument {
        for _ in 0..<Self.patience {
            let passage = randomPassage()
            let gaps = ClozeQuestions(sentences: passage.sentences)
            let questions = gaps.draw(settings.questions, using: &random).map {
                random.occurs(settings.unanswerable) ? unanswerable(by: gaps) ?? $0 : $0
            }
            guard !questions.isEmpty else { continue }
            return QADocument(
                context: .text(passage.sentences.joined(separator: " ")), questions: questions,
                fields: DocumentFields(task: task.rawValue, length: passage.tokens))
        }
        throw GeneratorError(
            task: .cloze, setting: "background",
            problem: "\(NoClozes()), or longer documents")
    }

    /// A gap in a sentence of another passage; `nil` where none is found that this one leaves open.
    private mutating func unanswerable(by gaps: ClozeQuestions) -> DocumentQuestion? {
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

/// The sentences of a text file, or of all that a folder holds as `.txt`, for gaps to be made in.
public struct ClozeTexts: Sendable {
    public let sentences: [String]

    /// - Throws: `ClozeTextsError` where a file cannot be read, or no sentence has a gap.
    public init(path: String) throws(ClozeTextsError) {
        var sentences: [String] = []
        for file in try Self.files(at: path) {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw ClozeTextsError(path: file, problem: "cannot be read as UTF-8: give text files")
            }
            sentences += TextFormat().parts(of: text)
        }
        var random = RandomSource(seed: 0)
        let hasGap = sentences.contains { !ClozeQuestions(sentences: [$0]).draw(1, using: &random).isEmpty }
        guard hasGap else { throw ClozeTextsError(path: path, problem: NoClozes().description) }
        self.sentences = sentences
    }

    /// The files in the order of their names.
    private static func files(at path: String) throws(ClozeTextsError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ClozeTextsError(path: path, problem: "is not there: give a text file, or a folder of them")
        }
        guard isFolder.boolValue else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ClozeTextsError(
                path: path, problem: "cannot be listed (\(error.localizedDescription)): check its mode")
        }
        let texts = names.filter { $0.hasSuffix(".txt") }.sorted()
        guard !texts.isEmpty else {
            throw ClozeTextsError(path: path, problem: "holds no .txt file: give one that does")
        }
        return texts.map { "\(path)/\($0)" }
    }
}

/// Texts that questions cannot be made of.
public struct ClozeTextsError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "\(path): \(problem)" }
}
