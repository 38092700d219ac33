import BenchmarkData
import PERKModel

/// The rows of a cell, each with its worked examples and another document.
struct CellRows {
    private let cell: EvaluationCell
    private let shots: Int
    private let others: OtherRows?
    private let wantsOther: Bool
    private var rows: EvaluationRows
    private var drawn = 0
    private var previous: String?

    /// - Throws: `GeneratorError`, `FactsSettingsError`, `TokenizationError`.
    init(
        _ cell: EvaluationCell, examples: RowFile?, shots: Int, options: EvaluationOptions, model: AnsweringModel
    ) throws {
        (self.cell, self.shots) = (cell, shots)
        wantsOther = options.methods.contains(.otherDocument)
        others =
            shots == 0
            ? nil
            : try OtherRows(
                cell: cell, file: examples, count: 1, shots: shots, seed: options.seed, model: model)
        rows = try cell.rows()
    }

    /// The next row.
    ///
    /// - Throws: `GeneratorError`, or `RowError` for a row that cannot be read.
    mutating func next() throws -> RowAtWork {
        let row = try rows.next()
        drawn += 1
        let other = wantsOther ? try otherDocument(than: row.text) : nil
        previous = row.text
        return RowAtWork(
            row: row, examples: others?.examples(for: row, count: shots) ?? [], other: other,
            isOtherOfNext: wantsOther && !cell.isFile && drawn < cell.documents)
    }

    /// Another document of the cell; `nil` where there is none.
    ///
    /// Of documents that are drawn independently it is the one before, whose adapter is at hand. Neighbours in a file
    /// often come from one source, so there it is one half the cell away.
    private func otherDocument(than text: String) throws -> String? {
        guard cell.documents > 1 else { return nil }
        if case .file(let file) = cell.source {
            for step in 0..<cell.documents {
                let place = (drawn - 1 + cell.documents / 2 + step) % cell.documents
                let other = try file.row(at: place).text
                if other != text { return other }
            }
            return nil
        }
        if let previous { return previous == text ? nil : previous }
        var ahead = rows
        let following = try ahead.next().text
        return following == text ? nil : following
    }
}

extension EvaluationCell {
    fileprivate var isFile: Bool { if case .file = source { true } else { false } }
}
