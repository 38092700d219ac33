import HTMLReports

/// An evaluation as a page of one file: plots of the scores and of the cost, and the table.
public struct EvaluationReport {
    private let summaries: [EvaluationSummary]
    private let predictions: [Prediction]
    private let heading: PredictionLog.Heading
    private let choice: PromptFormChoice?

    /// - Parameter choice: how the prompts' form was found, where a method prompts.
    public init(
        _ summaries: [EvaluationSummary], predictions: [Prediction], heading: PredictionLog.Heading,
        choice: PromptFormChoice? = nil
    ) {
        (self.summaries, self.predictions, self.heading, self.choice) = (summaries, predictions, heading, choice)
    }

    public var page: HTMLPage {
        let series = summaries.map(\.cell.label.series).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        return HTMLPage(
            title: "Evaluation of \(heading.model)",
            introduction: """
                Scores are means over documents, from 0 to 1, with 95 % bootstrap intervals. \
                \(EvaluationMethod.perk.rawValue) learns each document; the other methods are what the same base model gets \
                otherwise.
                """,
            sections: series.map(section) + [trustSection, worstSection].compactMap(\.self)
                + [tableSection, methodsSection])
    }

    private func section(of series: String) -> HTMLPage.Section {
        let own = summaries.filter { $0.cell.label.series == series && $0.cell.group == nil }
        let cells = Set(own.map(\.cell.name))
        let plots = EvaluationPlots(summaries: own, predictions: predictions.filter { cells.contains($0.cell) })
        let figures = plots.figures
        return HTMLPage.Section(
            series,
            figures.isEmpty ? [.note("One kind of document; its figures are in the table.")] : [.figures(figures)]
        )
    }

    private var trustSection: HTMLPage.Section? { TrustPlots(summaries, predictions: predictions).section }

    private var worstSection: HTMLPage.Section? { WorstAnswers(predictions).section }

    private var tableSection: HTMLPage.Section {
        let table = Table(
            "Figures of every cell and method",
            columns: [
                .init("documents"), .init("method"), .init("measure"), .init("score", isNumeric: true),
                .init("95 % interval", isNumeric: true), .init("exact match", isNumeric: true),
                .init("questions", isNumeric: true),
                .init("tokens", isNumeric: true), .init("cut", isNumeric: true), .init("s to read", isNumeric: true),
                .init("tokens/s", isNumeric: true), .init("ms to answer", isNumeric: true),
                .init("peak MiB", isNumeric: true), .init("KiB held", isNumeric: true),
                .init("break-even", isNumeric: true), .init("against cached", isNumeric: true),
            ],
            rows: summaries.map { summary in
                let cells = EvaluationTable.cells(summary)
                return
                    (cells[..<6] + ["\(summary.questions)"] + cells[6...]).map { Markup(text: $0) }
            })
        let notes = EvaluationTable.notes(on: summaries, choice: choice).split(separator: "\n").map {
            Markup.note(Markup(text: $0))
        }
        return HTMLPage.Section("All figures", [table.markup] + notes)
    }

    private var methodsSection: HTMLPage.Section {
        let methods = EvaluationMethod.allCases.filter(heading.options.methods.contains).map { method in
            (name: method.rawValue, value: Markup(text: method.explanation(heading.options)))
        }
        let figures: [(name: String, value: Markup)] = [
            (
                "break-even",
                "after how many questions about one document learning it takes less time than the document in every prompt"
            ),
            ("against cached", "the same with the keys and values of the document kept between questions"),
        ]
        return HTMLPage.Section("Methods", [Table.properties("What each method does", methods + figures)])
    }
}
