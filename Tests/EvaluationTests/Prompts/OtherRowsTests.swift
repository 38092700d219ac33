import BenchmarkData
import BenchmarkDataSupport
import PERKModel
import Testing

@testable import Evaluation

@Suite struct OtherRowsTests {
    private let model: AnsweringModel

    init() throws { model = try PromptModel.make() }

    private static func rows(_ count: Int) -> String {
        (0..<count).map {
            #"{"context": "Oscar saw \#($0) cats.", "question": "How many?", "answer": "\#($0)"}"# + "\n"
        }.joined()
    }

    private func cell(_ file: TemporaryRows, documents: Int) throws -> EvaluationCell {
        EvaluationCell(task: "rows", documents: documents, source: .file(try RowFile(path: file.path)))
    }

    private func others(
        _ cell: EvaluationCell, count: Int = 50, shots: Int = 1, file: RowFile? = nil
    ) throws -> OtherRows {
        try OtherRows(cell: cell, file: file, count: count, shots: shots, seed: 1, model: model)
    }

    @Test func rowsOfAFileThatAreNotEvaluatedAreTaken() throws {
        let file = try TemporaryRows(Self.rows(30))
        let cell = try cell(file, documents: 20)
        let found = try others(cell)
        var evaluated = try cell.rows()
        let texts = try Set((0..<20).map { _ in try evaluated.next().text })
        #expect(found.rows.count == 10 && Set(found.rows.map(\.text)).count == 10)
        #expect(texts.isDisjoint(with: found.rows.map(\.text)))
        #expect(try others(cell, count: 3).rows.count == 4)
    }

    @Test func worksWithoutOtherRows() throws {
        let file = try TemporaryRows(Self.rows(3))
        let found = try others(try cell(file, documents: 3))
        #expect(found.rows.isEmpty)
        // Examples then are about other evaluated documents, never about a row's own.
        var evaluated = try cell(file, documents: 3).rows()
        for _ in 0..<3 {
            let row = try evaluated.next()
            let examples = found.examples(for: row, count: 1)
            #expect(examples.count == 1 && examples.allSatisfy { $0.source != row.text })
        }
        let single = try TemporaryRows(Self.rows(1))
        let alone = try others(try cell(single, documents: 1))
        #expect(alone.examples(for: BenchmarkRow("Oscar saw 0 cats.", "?", "0"), count: 1).isEmpty)
    }

    @Test func rowsThatCannotBeReadArePassedOver() throws {
        let file = try TemporaryRows(Self.rows(4) + "{\"context\": 7}\n" + Self.rows(2))
        #expect(try others(try cell(file, documents: 2)).rows.count == 4)
    }

    @Test func anotherFileCountsMore() throws {
        let file = try TemporaryRows(Self.rows(30)), other = try TemporaryRows(Self.rows(5))
        let found = try others(try cell(file, documents: 2), file: try RowFile(path: other.path))
        #expect(found.rows.count == 5)
    }

    @Test func generatedRowsAreDrawnAnew() throws {
        let cell = EvaluationCell.facts(people: 2, settings: FactsSettings(), documents: 30, seed: 1)
        var evaluated = try cell.rows()
        let texts = try Set((0..<30).map { _ in try evaluated.next().text })
        let found = try others(cell)
        #expect(found.rows.count == 51 && texts.isDisjoint(with: found.rows.map(\.text)))
    }
}
