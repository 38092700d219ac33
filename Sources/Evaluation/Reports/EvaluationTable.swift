import HTMLReports

/// Summaries as lines of text.
public enum EvaluationTable {
    private static let titles = [
        "documents", "method", "measure", "score", "95 % interval", "exact match", "tokens", "cut", "s to read",
        "tokens/s", "ms to answer", "peak MiB", "KiB held", "break-even", "against cached",
    ]

    /// The table with its heading, columns as wide as their widest cell.
    ///
    /// - Parameter choice: how the prompts' form was found, where a method prompts.
    public static func text(_ summaries: [EvaluationSummary], choice: PromptFormChoice? = nil) -> String {
        let rows = [titles] + summaries.map(cells)
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column < 3 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ") + "\n"
        }.joined() + notes(on: summaries, choice: choice)
    }

    static func cells(_ summary: EvaluationSummary) -> [String] {
        [
            summary.cell.name, summary.method.rawValue, summary.metric.rawValue,
            Decimals.text(summary.score.mean, places: 3),
            "\(Decimals.text(summary.score.lower, places: 3)) to \(Decimals.text(summary.score.upper, places: 3))",
            summary.exactMatch.map { Decimals.text($0, places: 3) } ?? "–", Decimals.text(summary.tokens, places: 0),
            "\(summary.cuts)", Decimals.text(summary.readSeconds, places: 3),
            summary.tokensPerSecond.map { Decimals.text($0, places: 0) } ?? "–",
            Decimals.text(summary.answerSeconds * 1000, places: 1), String(summary.peakMebibytes),
            summary.heldBytes.map { Decimals.text($0 / 1024, places: 0) } ?? "–", questions(summary.breakEven),
            questions(summary.breakEvenCached),
        ]
    }

    private static func questions(_ count: Int?) -> String {
        count.map { $0 == 1 ? "1 question" : "\($0) questions" } ?? "–"
    }

    /// What a reader of the figures must know.
    static func notes(on summaries: [EvaluationSummary], choice: PromptFormChoice?) -> String {
        var notes = choice.map { [$0.summary] } ?? []
        for summary in summaries {
            guard let tokens = summary.breakEvenTokens else { continue }
            notes.append(
                "\(summary.cell.name): an adapter takes fewer bytes than keys and values from \(tokens) tokens on")
        }
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
        for summary in summaries {
            let place = "\(summary.cell.name), \(summary.method.rawValue)"
            if let trust = summary.trust { notes.append("\(place): \(trust.description)") }
            if let right = summary.supportAccuracy {
                notes.append("\(place): \(Decimals.text(right, places: 3)) of the supporting facts are right")
            }
        }
        return notes.map { "\($0)\n" }.joined()
    }
}
