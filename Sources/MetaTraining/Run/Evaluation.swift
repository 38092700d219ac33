import BenchmarkData
import DataParallel
import Foundation
import PERKModel
import TestTimeLearning

/// What the held-out documents of a run said at one step, by the name of each set of them.
public struct Evaluation: Equatable, Sendable {
    /// The figures of one set; none of its documents is trained on.
    public struct Figures: Equatable, Sendable {
        /// The share of questions answered exactly.
        public var accuracy: Double
        /// The mean over the questions of the cross-entropy of their answers' tokens.
        public var loss: Double
        /// The mean number of tokens of a document.
        public var tokens: Double
        public var questions: Int
    }

    public var sets: [String: Figures]

    /// The means of accuracy and loss over the sets that are named and were measured; `nil` where none was.
    public func means(over names: [String]) -> (accuracy: Double, loss: Double)? {
        // In the order of the names, for a sum depends on its order.
        let measured = names.compactMap { sets[$0] }
        guard !measured.isEmpty else { return nil }
        let count = Double(measured.count)
        return (measured.reduce(0) { $0 + $1.accuracy } / count, measured.reduce(0) { $0 + $1.loss } / count)
    }
}

extension Evaluation: CustomStringConvertible {
    /// The figures of each set, those of the shortest documents first.
    public var description: String {
        sets.sorted { $0.value.tokens < $1.value.tokens }.map { name, figures in
            String(format: "%@ %.3f (loss %.3f)", name, figures.accuracy, figures.loss)
        }.joined(separator: ", ")
    }
}

extension Evaluation {
    /// The name of the questions of a group within a set: `8 people, unseen values`.
    static func name(_ set: String, group: QuestionGroup) -> String { "\(set), \(group.rawValue)" }

    /// Measures a model on a set of held-out documents, of which each rank takes its share: all questions, and those of
    /// each group that occurs.
    ///
    /// - Throws: `EncodingDiverged` on every rank, if learning a document diverged on any.
    mutating func measure(
        _ set: String, of model: AnsweringModel, on documents: [HeldOutDocument], threads: Int,
        ranks: any Communicator
    ) throws {
        let encoder = DocumentEncoder(model: model.learned, threads: threads)
        let occurring = Set(documents.flatMap { $0.questions.compactMap(\.group) })
        let groups = [nil] + QuestionGroup.allCases.filter(occurring.contains).map(Optional.some)
        // Four figures of each group for each document, zeros where another rank has it. The documents are added up in
        // their order, so the figures do not depend on the number of ranks.
        let width = groups.count * 4
        var rows = [Double](repeating: 0, count: documents.count * width)
        try ranks.agreeing {
            for index in ranks.share(of: documents.count) {
                let figures = try model.figures(of: documents[index], groups: groups, encoder)
                rows.replaceSubrange(index * width..<(index + 1) * width, with: figures)
            }
        }
        try ranks.sum(&rows)
        for (place, group) in groups.enumerated() {
            func total(_ figure: Int) -> Double {
                stride(from: place * 4 + figure, to: rows.count, by: width).reduce(0) { $0 + rows[$1] }
            }
            let questions = total(3)
            sets[group.map { Self.name(set, group: $0) } ?? set] = Figures(
                accuracy: total(0) / max(1, questions), loss: total(1) / max(1, questions),
                tokens: total(2) / Double(max(1, documents.count)), questions: Int(questions))
        }
    }
}

extension AnsweringModel {
    /// Measures the model on a document. For each group: the questions answered exactly, the sum of their losses, the
    /// document's tokens, and the group's questions; `nil` stands for all questions.
    ///
    /// Where the model writes supporting facts first, its answers are generated and compared as text; otherwise one
    /// pass over question and answer decides.
    fileprivate func figures(
        of document: HeldOutDocument, groups: [QuestionGroup?], _ encoder: DocumentEncoder<Float>
    ) throws -> [Double] {
        let segments = document.task.segments
        let adapter = try encoder.encode([segments]).adapter
        let checks = encoder.checks([document.task.questions], adapter: adapter)[0]
        let adapted = AnswerGenerator(model: self, threads: encoder.threads)
        let isRight = try checks.indices.map { index in
            try format.includesSupport
                ? document.answer(to: index, by: adapted, adapter: adapter).isRight : checks[index].isReproduced
        }
        return groups.flatMap { group in
            let own = checks.indices.filter { group == nil || document.questions[$0].group == group }
            let right = own.count { isRight[$0] }
            let loss = own.reduce(0) { $0 + checks[$1].loss }
            return [Double(right), loss, Double(document.tokens), Double(own.count)]
        }
    }
}
