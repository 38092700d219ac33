import BenchmarkData
import BenchmarkDataSupport
import PERKModel
import Testing

@testable import Evaluation

@Suite struct CellRowsTests {
    private let model: AnsweringModel

    init() throws { model = try PromptModel.make() }

    private func work(_ cell: EvaluationCell) throws -> [RowAtWork] {
        let options = EvaluationOptions(methods: [.perk, .otherDocument])
        var rows = try CellRows(cell, examples: nil, shots: 0, options: options, model: model)
        return try (0..<cell.documents).map { _ in try rows.next() }
    }

    @Test func theOtherDocumentOfADrawnOneIsTheOneBefore() throws {
        let cell = EvaluationCell.facts(people: 2, settings: FactsSettings(), documents: 3, seed: 1)
        let work = try work(cell)
        #expect(work.map(\.other) == [work[1].row.text, work[0].row.text, work[1].row.text])
        // The last document's adapter is not wanted again.
        #expect(work.map(\.isOtherOfNext) == [true, true, false])
        let alone = EvaluationCell.facts(people: 2, settings: FactsSettings(), documents: 1, seed: 1)
        #expect(try self.work(alone)[0].other == nil)
    }

    /// Rows of a file stand in the order of their sources.
    @Test func theOtherDocumentOfAFilesRowIsHalfTheCellAway() throws {
        func file(_ texts: String) throws -> TemporaryRows {
            try TemporaryRows(
                texts.map { #"{"context": "\#($0).", "question": "Who?", "answer": "\#($0)"}"# + "\n" }.joined())
        }
        func others(_ texts: String) throws -> [String?] {
            let file = try file(texts)
            let cell = EvaluationCell(
                task: "rows", documents: texts.count, source: .file(try RowFile(path: file.path)))
            let work = try work(cell)
            #expect(work.allSatisfy { !$0.isOtherOfNext })
            return work.map(\.other)
        }
        #expect(try others("ABCD") == ["C.", "D.", "A.", "B."])
        #expect(try others("ABAB") == ["B.", "A.", "B.", "A."])
        #expect(try others("AAA") == [nil, nil, nil])
    }
}
