import BenchmarkData
import HTMLReports

/// What was measured on held-out documents.
struct ValidationResults {
    let run: RecordedRun

    private typealias Measurement = RecordedMetrics.Measurement

    var section: HTMLPage.Section {
        guard let first = run.metrics.evaluations.first, let final = run.evaluation ?? run.metrics.evaluations.last
        else {
            return HTMLPage.Section("Validation", [.note("No evaluation has been recorded.")])
        }
        var figures = [curves("Accuracy on held-out documents", "accuracy", including: [0, 1]) { $0.accuracy }.figure]
        if run.metrics.evaluations.contains(where: { $0.measurements.contains { $0.loss != nil } }) {
            figures.append(curves("Loss on held-out documents", "loss", including: []) { $0.loss ?? .nan }.figure)
        }
        figures.append(byLength(final).figure)
        return HTMLPage.Section(
            "Validation", [table(from: first, to: final).markup, note(from: first, to: final), .figures(figures)])
    }

    private func curves(
        _ title: String, _ name: String, including included: [Double], _ value: (Measurement) -> Double
    ) -> LinePlot {
        let curves = run.metrics.sets.map { set in
            Curve(
                set.description,
                run.metrics.evaluations.compactMap { evaluation in
                    evaluation.measurements.first { $0.set == set }.map { measurement in
                        .init(
                            x: Double(evaluation.step), y: value(measurement),
                            name: "\(set), step \(evaluation.step): "
                                + Decimals.text(value(measurement), significant: 3))
                    }
                }, style: run.metrics.evaluations.count <= 40 ? .dottedLine : .line)
        }.filter { $0.points.contains { $0.y.isFinite } }
        let steps = run.metrics.evaluations.map(\.step)
        let stretches = run.metrics.stretches(from: steps.first ?? 0, to: steps.last ?? 0)
        let scale: Axis.Scale = included.isEmpty ? .fitting(curves.flatMap(\.points).map(\.y)) : .linear
        return LinePlot(
            title, x: Axis("step", isWhole: true, isTight: true),
            y: Axis(scale == .linear ? name : "\(name), logarithmic", scale: scale, including: included),
            curves: curves,
            stretches: stretches.count > 1 ? stretches : [])
    }

    /// Over tokens where they were recorded, else over people. Documents of files are not those of the generator grown
    /// longer or shorter, so no line leads to them.
    private func byLength(_ evaluation: RecordedMetrics.Evaluation) -> LinePlot {
        let isInTokens = evaluation.measurements.contains { $0.tokens != nil }
        func points(_ measurements: [Measurement]) -> [Curve.Point] {
            measurements.compactMap { measurement in
                let length = isInTokens ? measurement.tokens : measurement.set.people.map(Double.init)
                return length.map { length in
                    Curve.Point(
                        x: length, y: measurement.accuracy, interval: interval(of: measurement),
                        name: "\(measurement.set): \(Decimals.text(measurement.accuracy, places: 3))")
                }
            }.sorted { $0.x < $1.x }
        }
        let curves = [
            Curve("generated", points(evaluation.measurements.filter { $0.set.people != nil }), style: .dottedLine),
            Curve("files and tasks", points(evaluation.measurements.filter { $0.set.people == nil }), style: .dots),
        ].filter { !$0.points.isEmpty }
        let scale = Axis.Scale.fitting(curves.flatMap(\.points).map(\.x), ratio: 8)
        return LinePlot(
            "Accuracy by length, step \(evaluation.step)",
            x: Axis(
                isInTokens ? "tokens in a document (mean)" : "people in a document", scale: scale,
                including: scale == .linear ? [0] : [], isWhole: true),
            y: Axis("accuracy", including: [0, 1]), curves: curves)
    }

    private func interval(of measurement: Measurement) -> ClosedRange<Double>? {
        measurement.questions.flatMap { WilsonInterval(share: measurement.accuracy, of: $0)?.range }
    }

    /// How many documents a set has, at most; people may be those of a stage's goal.
    private func documents(of set: EvaluationSet) -> Int? {
        let evaluation = run.configuration.evaluation
        return set.people == nil ? evaluation.documents(ofSet: set.description) : evaluation.documents
    }

    private func table(from first: RecordedMetrics.Evaluation, to final: RecordedMetrics.Evaluation) -> Table {
        let rows = final.measurements.map { after -> [Markup] in
            let before = first.measurements.first { $0.set == after.set }
            return [
                "\(after.set.description)",
                "\(documents(of: after.set).map(String.init) ?? "–")",
                "\(after.questions.map(String.init) ?? "–")",
                "\(Self.text(after.tokens, places: 0))",
                "\(Self.text(before?.accuracy))", "\(Self.text(after.accuracy))",
                "\(Self.text(before?.loss))", "\(Self.text(after.loss))",
            ]
        }
        return Table(
            "Evaluation before and after",
            columns: [.init("Held-out documents")]
                + [
                    "Documents", "Questions", "Tokens each", "Accuracy before", "Accuracy after", "Loss before",
                    "Loss after",
                ].map { .init($0, isNumeric: true) }, rows: rows)
    }

    private func note(from first: RecordedMetrics.Evaluation, to final: RecordedMetrics.Evaluation) -> Markup {
        func place(_ evaluation: RecordedMetrics.Evaluation) -> String {
            "step \(evaluation.step)" + (evaluation.stage.map { ", stage \($0)" } ?? "")
        }
        let difference =
            first.stage == final.stage ? "" : " The two stages have different documents."
        let hasIntervals = final.measurements.contains { interval(of: $0) != nil }
        let intervals =
            hasIntervals ? " Bars are 95 % intervals (Wilson 1927), as if the questions were independent." : ""
        return .note(
            """
            Before: the first evaluation recorded (\(place(first))). After: the one of \(run.checkpointDescription) \
            (\(place(final))).\(difference)\(intervals)
            """)
    }

    private static func text(_ value: Double?, places: Int = 3) -> String {
        value.map { Decimals.text($0, places: places) } ?? "–"
    }
}

/// The 95 % interval of a share, by how many trials it was found in (Wilson 1927).
struct WilsonInterval: Equatable {
    let range: ClosedRange<Double>

    /// `nil` where nothing was tried, or the share is none.
    init?(share: Double, of count: Int) {
        guard count > 0, (0...1).contains(share) else { return nil }
        let quantile = 1.959_963_984_540_054
        let n = Double(count)
        let ratio = quantile * quantile / n
        let center = (share + ratio / 2) / (1 + ratio)
        let half = quantile / (1 + ratio) * (share * (1 - share) / n + ratio / (4 * n)).squareRoot()
        range = max(0, center - half)...min(1, center + half)
    }
}
