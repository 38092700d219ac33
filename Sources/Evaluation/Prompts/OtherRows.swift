import BenchmarkData
import PERKModel

/// Rows that stand in for those of a cell and are not evaluated: worked examples come from them, and the form of the
/// prompts is chosen on them.
struct OtherRows {
    let rows: [BenchmarkRow]
    /// One of each row; where the cell has no other rows, of the first that are evaluated.
    private let examples: [WorkedExample]

    /// - Parameters:
    ///   - file: where rows are taken from instead of the cell's own source.
    ///   - count: the most rows to choose on.
    ///   - shots: how many worked examples a prompt has.
    /// - Throws: `GeneratorError`, `FactsSettingsError`, `TokenizationError`.
    init(cell: EvaluationCell, file: RowFile?, count: Int, shots: Int, seed: UInt64, model: AnsweringModel) throws {
        rows = try cell.otherRows(from: file, count: count + shots, seed: seed)
        var sources = rows.prefix(shots + 1)
        if sources.isEmpty, shots > 0 {
            var evaluated = try cell.rows()
            sources = try (0..<min(shots + 1, cell.documents)).map { _ in try evaluated.next() }[...]
        }
        examples = try sources.enumerated().map { try WorkedExample($1, number: $0, model: model) }
    }

    /// Worked examples for a row, none of them about its own document.
    func examples(for row: BenchmarkRow, count: Int) -> [WorkedExample] {
        Array(examples.filter { $0.source != row.text }.prefix(count))
    }
}

extension EvaluationCell {
    /// Rows like the cell's that are not among them: further ones of a file, in a random order, or documents drawn
    /// anew. Those that cannot be read are passed over.
    fileprivate func otherRows(from file: RowFile?, count: Int, seed: UInt64) throws -> [BenchmarkRow] {
        func drawn(from file: RowFile, after first: Int) -> [BenchmarkRow] {
            guard file.count > first else { return [] }
            let order = RowOrder(count: file.count - first, seed: seed)
            return (0..<order.count).lazy.compactMap { try? file.row(at: first + order.index(ofDraw: $0)) }
                .prefix(count).map(\.self)
        }
        if let file { return drawn(from: file, after: 0) }
        if case .file(let own) = source { return drawn(from: own, after: documents) }
        // Far from the seeds that are likely to be used for evaluations.
        var further = try withSeed { $0 &+ 0x0DD0_0FF5_E700_0000 }.rows()
        return try (0..<count).map { _ in try further.next() }
    }

    /// The same cell with its documents drawn from another seed.
    private func withSeed(_ change: (UInt64) -> UInt64) -> EvaluationCell {
        let other: Source
        switch source {
        case .generated(let task, var settings):
            settings.seed = change(settings.seed)
            other = .generated(task, settings)
        case .facts(let settings, let seed): other = .facts(settings, seed: change(seed))
        case .file: other = source
        }
        return EvaluationCell(
            task: task, length: length, depth: depth, facts: facts, documents: documents, source: other)
    }
}
