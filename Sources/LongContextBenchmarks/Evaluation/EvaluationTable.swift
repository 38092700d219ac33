import Foundation

/// Summaries as lines of text.
public enum EvaluationTable {
    private static let titles = [
        "documents", "method", "score", "95 % interval", "tokens", "s to read", "tokens/s", "ms to answer", "peak MiB",
        "break-even",
    ]

    /// The table with its heading, columns as wide as their widest cell.
    public static func text(_ summaries: [EvaluationSummary]) -> String {
        let rows = [titles] + summaries.map(cells)
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column < 2 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ") + "\n"
        }.joined() + notes(on: summaries)
    }

    static func cells(_ summary: EvaluationSummary) -> [String] {
        [
            summary.cell.name, summary.method.rawValue, decimal(summary.score.mean, 3),
            "\(decimal(summary.score.lower, 3)) to \(decimal(summary.score.upper, 3))", decimal(summary.tokens, 0),
            decimal(summary.readSeconds, 3), summary.tokensPerSecond.map { decimal($0, 0) } ?? "–",
            decimal(summary.answerSeconds * 1000, 1), String(summary.peakMebibytes),
            summary.breakEven.map { $0 == 1 ? "1 question" : "\($0) questions" } ?? "–",
        ]
    }

    /// What a reader of the figures must know.
    static func notes(on summaries: [EvaluationSummary]) -> String {
        var notes: [String] = []
        for summary in summaries where summary.failures > 0 {
            notes.append(
                "\(summary.cell.name), \(summary.method.rawValue): failed on \(summary.failures) of "
                    + "\(summary.documents) documents, whose questions count as answered wrongly")
        }
        for summary in summaries where summary.cuts > 0 {
            notes.append(
                "\(summary.cell.name), \(summary.method.rawValue): \(summary.cuts) of \(summary.documents) documents did not "
                    + "fit into the prompt and were cut in the middle")
        }
        return notes.map { "\($0)\n" }.joined()
    }

    private static func decimal(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }
}
