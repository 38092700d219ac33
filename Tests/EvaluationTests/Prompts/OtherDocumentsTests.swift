import BenchmarkData
import BenchmarkDataSupport
import PERKModel
import Testing

@testable import Evaluation

@Suite struct OtherDocumentsTests {
    private let model: AnsweringModel

    init() throws { model = try PromptModel.make() }

    private static func rows(_ count: Int, from first: Int = 0) -> String {
        (first..<first + count).map {
            #"{"context": "Oscar saw \#($0) cats.", "question": "How many?", "answer": "\#($0)"}"# + "\n"
        }.joined()
    }

    private func cell(_ file: TemporaryRows, documents: Int) throws -> EvaluationCell {
        EvaluationCell(try FileSource(path: file.path), documents: documents)
    }

    private func others(
        _ cell: EvaluationCell, count: Int = 50, shots: Int = 1, file: FileSource? = nil
    ) throws -> OtherDocuments {
        try OtherDocuments(cell: cell, examples: file, count: count, shots: shots, seed: 1, model: model)
    }

    @Test func rowsOfAFileThatAreNotEvaluatedAreTaken() throws {
        let file = try TemporaryRows(Self.rows(30))
        let cell = try cell(file, documents: 20)
        let found = try others(cell)
        let texts = try Set(cell.source.documents().prefix(20).map(\.text))
        #expect(found.documents.count == 10 && Set(found.documents.map(\.text)).count == 10)
        #expect(texts.isDisjoint(with: found.documents.map(\.text)))
        #expect(try others(cell, count: 3).documents.count == 4)
    }

    @Test func worksWithoutOtherRows() throws {
        let file = try TemporaryRows(Self.rows(3))
        let found = try others(try cell(file, documents: 3))
        #expect(found.documents.isEmpty)
        // Examples then are about other evaluated documents, never about a row's own.
        let evaluated = try cell(file, documents: 3).source.documents().prefix(3)
        #expect(evaluated.count == 3)
        for document in evaluated {
            let examples = found.examples(for: document, count: 1)
            #expect(examples.count == 1 && examples.allSatisfy { $0.source != document.text })
        }
        let single = try TemporaryRows(Self.rows(1))
        let alone = try others(try cell(single, documents: 1))
        #expect(alone.examples(for: QADocument("Oscar saw 0 cats.", "?", "0"), count: 1).isEmpty)
    }

    @Test func rowsThatCannotBeReadArePassedOver() throws {
        let file = try TemporaryRows(Self.rows(4) + "{\"context\": 7}\n" + Self.rows(2, from: 4))
        #expect(try others(try cell(file, documents: 2)).documents.count == 4)
    }

    @Test func anotherFileCountsMore() throws {
        let file = try TemporaryRows(Self.rows(30)), other = try TemporaryRows(Self.rows(5))
        let found = try others(try cell(file, documents: 2), file: try FileSource(path: other.path))
        #expect(found.documents.count == 5)
    }

    @Test func generatedRowsAreDrawnAnew() throws {
        let cell = EvaluationCell(
            FactsSource(people: 2, settings: FactsSettings(), seed: 1, split: .evaluation), documents: 30)
        let texts = try Set(cell.source.documents().prefix(30).map(\.text))
        let found = try others(cell)
        #expect(found.documents.count == 51 && texts.isDisjoint(with: found.documents.map(\.text)))
    }
}
