import BenchmarkData
import BenchmarkDataSupport
import PERKModel
import Testing

@testable import Evaluation

@Suite struct CellDocumentsTests {
    private let model: AnsweringModel

    init() throws { model = try PromptModel.make() }

    private func work(_ cell: EvaluationCell) throws -> [DocumentAtWork] {
        let options = EvaluationOptions(methods: [.perk, .otherDocument])
        var documents = try CellDocuments(cell, examples: nil, shots: 0, options: options, model: model)
        return try (0..<cell.documents).map { _ in try documents.next() }
    }

    @Test func theOtherDocumentOfADrawnOneIsTheOneBefore() throws {
        let cell = EvaluationCell(
            FactsSource(people: 2, settings: FactsSettings(), seed: 1, split: .evaluation), documents: 3)
        let work = try work(cell)
        #expect(work.map(\.other) == [work[1].document.text, work[0].document.text, work[1].document.text])
        // The last document's adapter is not wanted again.
        #expect(work.map(\.isOtherOfNext) == [true, true, false])
        let alone = EvaluationCell(
            FactsSource(people: 2, settings: FactsSettings(), seed: 1, split: .evaluation), documents: 1)
        #expect(try self.work(alone)[0].other == nil)
    }

    /// Rows of a file stand in the order of their sources.
    @Test func theOtherDocumentOfAFilesRowIsHalfTheCellAway() throws {
        func file(_ texts: String) throws -> TemporaryRows {
            try TemporaryRows(
                texts.enumerated().map { row, text in
                    // Rows of different tasks are different documents, if about the same text.
                    #"{"context": "\#(text).", "question": "Who?", "answer": "\#(text)", "task": "\#(row)"}"# + "\n"
                }.joined())
        }
        func others(_ texts: String) throws -> [String?] {
            let file = try file(texts)
            let cell = EvaluationCell(try FileSource(path: file.path), documents: texts.count)
            let work = try work(cell)
            #expect(work.allSatisfy { !$0.isOtherOfNext })
            return work.map(\.other)
        }
        #expect(try others("ABCD") == ["C.", "D.", "A.", "B."])
        #expect(try others("ABAB") == ["B.", "A.", "B.", "A."])
        #expect(try others("AAA") == [nil, nil, nil])
    }
}
