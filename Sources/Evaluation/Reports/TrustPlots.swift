import HTMLReports

/// What confidences are worth, as a section of a report: how often answers of a confidence are right, and how often the
/// surest ones are.
struct TrustPlots {
    /// A curve each: what it is called, and the figures of its answers.
    let curves: [(name: String, figures: TrustFigures)]

    /// A curve for each method and task whose answers have confidences, over all cells of the task.
    init(_ summaries: [EvaluationSummary], predictions: [Prediction]) {
        var tasks: [String: String] = [:]
        for summary in summaries { tasks[summary.cell.name] = summary.cell.label.series }
        let groups = Dictionary(grouping: predictions) { "\(tasks[$0.cell] ?? $0.cell), \($0.method.rawValue)" }
        curves = groups.sorted { $0.key < $1.key }.compactMap { name, group in
            TrustFigures(group.flatMap(\.outcomes).compactMap(ConfidentAnswer.init)).map { (name, $0) }
        }
    }

    /// `nil` where no answer has a confidence.
    var section: HTMLPage.Section? {
        guard !curves.isEmpty else { return nil }
        let notes = curves.map { Markup.note("\($0.name): \($0.figures.description)") }
        return HTMLPage.Section("Confidence", [.figures([reliability.figure, coverage.figure])] + notes)
    }

    private var reliability: LinePlot {
        let ideal = Curve("as often as said", [0, 1].map { Curve.Point(x: $0, y: $0) }, style: .faintLine, color: 5)
        let measured = curves.enumerated().map { index, curve in
            Curve(
                curve.name,
                curve.figures.bins.map { bin in
                    Curve.Point(x: bin.confidence, y: bin.accuracy, name: "\(bin.answers) answers")
                }, style: .dottedLine, color: index)
        }
        return LinePlot(
            "How often answers of a confidence are right", x: Axis("confidence", including: [0, 1]),
            y: Axis("share of right answers", including: [0, 1]), curves: [ideal] + measured)
    }

    private var coverage: LinePlot {
        LinePlot(
            "How often the surest answers are right", x: Axis("share of the questions answered", including: [0, 1]),
            y: Axis("share of right answers", including: [0, 1]),
            curves: curves.enumerated().map { index, curve in
                let points = curve.figures.coverage.map { Curve.Point(x: $0.share, y: $0.accuracy) }
                return Curve(curve.name, points, style: .dottedLine, color: index)
            })
    }
}
