import HTMLReports

/// An evaluation as a page of one file: plots of the scores and of the cost, and the table.
public struct EvaluationReport {
    private let summaries: [EvaluationSummary]
    private let heading: PredictionLog.Heading

    public init(_ summaries: [EvaluationSummary], heading: PredictionLog.Heading) {
        (self.summaries, self.heading) = (summaries, heading)
    }

    public var page: HTMLPage {
        let tasks = summaries.map(\.cell.task).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return HTMLPage(
            title: "Evaluation of \(heading.model)",
            introduction: """
                Scores are means over documents, from 0 to 1, with 95 % bootstrap intervals. \
                \(EvaluationMethod.perk.rawValue) learns each document; the other methods are what the same base model gets \
                otherwise.
                """,
            sections: tasks.map(section) + [tableSection, methodsSection])
    }

    private func section(of task: String) -> HTMLPage.Section {
        let own = summaries.filter { $0.cell.task == task }
        let figures =
            plots(of: own, over: "tokens of a document", scale: .logarithmic) { Double($0.cell.length ?? 0) }
            + plots(of: own, over: "position of the facts, from 0, the beginning, to 1", scale: .linear) {
                $0.cell.depth ?? -1
            }
            + plots(of: own, over: "number of facts", scale: .linear) { Double($0.cell.facts ?? 0) }
        let all = figures + grids(of: own)
        let contents: [Markup] =
            all.isEmpty ? [.note("One cell; its figures are in the table.")] : [.figures(all)]
        return HTMLPage.Section(task, contents)
    }

    /// The scores of each method by depth and length, where both vary.
    private func grids(of own: [EvaluationSummary]) -> [Markup] {
        let lengths = Set(own.compactMap(\.cell.length)).sorted(), depths = Set(own.compactMap(\.cell.depth)).sorted()
        guard lengths.count > 1, depths.count > 1 else { return [] }
        return EvaluationMethod.allCases.compactMap { method in
            let scores = own.filter { $0.method == method }
            guard !scores.isEmpty else { return nil }
            let values = depths.map { depth in
                lengths.map { length in
                    scores.first { $0.cell.depth == depth && $0.cell.length == length }?.score.mean ?? .nan
                }
            }
            return HeatMap(
                "Score by depth and length, \(method.rawValue)", rowTitle: "depth", rows: depths.map { "\($0)" },
                columnTitle: "tokens", columns: lengths.map { "\($0)" }, values: values
            ).figure
        }
    }

    /// Score and cost over what sets cells apart; none where it is the same for all. Of several cells at one abscissa the
    /// mean is drawn.
    private func plots(
        of own: [EvaluationSummary], over name: String, scale: Axis.Scale, _ abscissa: (EvaluationSummary) -> Double
    ) -> [Markup] {
        guard Set(own.map(abscissa)).count > 1 else { return [] }
        func curves(_ point: ([EvaluationSummary], Double) -> Curve.Point) -> [Curve] {
            EvaluationMethod.allCases.enumerated().compactMap { index, method in
                let groups = Dictionary(grouping: own.filter { $0.method == method }, by: abscissa)
                guard !groups.isEmpty else { return nil }
                let points = groups.sorted { $0.key < $1.key }.map { point($1, $0) }
                return Curve(method.rawValue, points, style: .dottedLine, color: index)
            }
        }
        func mean(_ group: [EvaluationSummary], _ value: (EvaluationSummary) -> Double) -> Double {
            group.reduce(0) { $0 + value($1) } / Double(group.count)
        }
        let scores = LinePlot(
            "Score", x: Axis(name, scale: scale), y: Axis("score", including: [0, 1]),
            curves: curves { group, x in
                let interval = group.count == 1 ? group[0].score.lower...group[0].score.upper : nil
                return Curve.Point(x: x, y: mean(group, \.score.mean), interval: interval)
            })
        let cost = LinePlot(
            "Seconds to read a document and answer one question", x: Axis(name, scale: scale),
            y: Axis("seconds", scale: .logarithmic),
            curves: curves { group, x in
                Curve.Point(x: x, y: mean(group) { $0.readSeconds + $0.answerSeconds })
            })
        return [scores.figure, cost.figure]
    }

    private var tableSection: HTMLPage.Section {
        let table = Table(
            "Figures of every cell and method",
            columns: [
                .init("documents"), .init("method"), .init("measure"), .init("score", isNumeric: true),
                .init("95 % interval", isNumeric: true), .init("questions", isNumeric: true),
                .init("tokens", isNumeric: true), .init("s to read", isNumeric: true),
                .init("tokens/s", isNumeric: true), .init("ms to answer", isNumeric: true),
                .init("peak MiB", isNumeric: true), .init("break-even", isNumeric: true),
            ],
            rows: summaries.map { summary in
                let cells = EvaluationTable.cells(summary)
                return
                    ([cells[0], cells[1], summary.metric.rawValue, cells[2], cells[3], "\(summary.questions)"]
                    + cells[4...]).map { Markup(text: $0) }
            })
        let notes = EvaluationTable.notes(on: summaries).split(separator: "\n").map { Markup.note(Markup(text: $0)) }
        return HTMLPage.Section("All figures", [table.markup] + notes)
    }

    private var methodsSection: HTMLPage.Section {
        let rows: [(name: String, value: Markup)] = [
            (EvaluationMethod.perk.rawValue, "the document is learned; the prompt is the question alone"),
            (
                EvaluationMethod.inContext.rawValue,
                "the base model with the document in its prompt, cut in the middle where it does not fit"
            ),
            (
                EvaluationMethod.retrieval.rawValue,
                "the base model with the \(heading.options.retrievedSegments) segments in its prompt that share most words with the question (BM25)"
            ),
            (EvaluationMethod.closedBook.rawValue, "the base model with the question alone"),
            (
                EvaluationMethod.untrainedAdapter.rawValue,
                "the document is learned by as many steps from a random adapter, without meta-training"
            ),
            (
                "break-even",
                "after how many questions about one document learning it takes less time than the document in every prompt"
            ),
        ]
        return HTMLPage.Section("Methods", [Table.properties("What each method does", rows)])
    }
}
