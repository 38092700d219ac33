import HTMLReports

/// The figures of the steps, as curves.
struct TrainingCurves {
    let run: RecordedRun

    private typealias Step = RecordedMetrics.Step

    var section: HTMLPage.Section {
        let steps = run.metrics.steps
        let base = steps.filter { $0.phase == .base }
        let meta = steps.filter { $0.phase != .base }
        var figures: [Markup] = []
        if !meta.isEmpty {
            figures.append(lossPlot("Outer loss", meta).figure)
            figures.append(innerLossPlot(meta).figure)
        }
        figures.append(
            plot(
                "Norm of the gradient before clipping", steps, y: "norm",
                curves: withMean(curve("each step", steps) { $0.gradientNorm })
            ).figure)
        figures.append(
            plot("Learning rate", steps, y: "rate", zeroBased: true, curves: [curve("rate", steps) { $0.rate }]).figure)
        if !base.isEmpty { figures.append(lossPlot("Loss of base training", base).figure) }
        return HTMLPage.Section("Training", [.figures(figures), note])
    }

    private var note: Markup {
        .note(
            """
            Strong curves are local means within a stage; a step that is a hundredth of the plot away (at least three steps) \
            counts 1/e as much. The loss of an inner step is the one that it begins with, as a mean over the documents. Skipped steps are \
            left out. Stages are numbered as in the table where their names do not fit.
            """)
    }

    private func lossPlot(_ title: String, _ steps: [Step]) -> LinePlot {
        plot(title, steps, y: "loss", curves: withMean(curve("each step", steps) { $0.loss }))
    }

    private func innerLossPlot(_ steps: [Step]) -> LinePlot {
        let count = steps.map { $0.innerLosses?.count ?? 0 }.max() ?? 0
        let curves = (0..<count).map { index -> Curve in
            let each = Curve("step \(index + 1)", points(of: steps, innerStep: index))
            return isLong(each) ? smoothed(each, name: each.name, steps: steps.count) : each
        }
        return plot("Inner losses", steps, y: "loss", curves: curves)
    }

    /// The loss that an inner step began with, where it was taken; a stage that took fewer inner steps leaves one gap.
    private func points(of steps: [Step], innerStep index: Int) -> [Curve.Point] {
        var points: [Curve.Point] = []
        for step in steps {
            if let losses = step.innerLosses, index < losses.count {
                points.append(.init(x: Double(step.step), y: step.skipped ? .nan : losses[index]))
            } else if points.last?.y.isFinite ?? false {
                points.append(.init(x: Double(step.step), y: .nan))
            }
        }
        return points
    }

    private func plot(
        _ title: String, _ steps: [Step], y: String, zeroBased: Bool = false, curves: [Curve]
    ) -> LinePlot {
        let stretches = run.metrics.stretches(from: steps.first?.step ?? 0, to: steps.last?.step ?? 0)
        let scale: Axis.Scale = zeroBased ? .linear : .fitting(curves.lazy.flatMap(\.points).map(\.y))
        return LinePlot(
            title, x: Axis("step", isWhole: true, isTight: true),
            y: Axis(scale == .linear ? y : "\(y), logarithmic", scale: scale, including: zeroBased ? [0] : []),
            curves: curves, stretches: stretches.count > 1 ? stretches : [])
    }

    private func curve(_ name: String, _ steps: [Step], _ value: (Step) -> Double) -> Curve {
        Curve(name, steps.map { .init(x: Double($0.step), y: $0.skipped ? .nan : value($0)) })
    }

    /// The curve, faint, with its running mean in front of it; short curves as they are.
    private func withMean(_ curve: Curve) -> [Curve] {
        guard isLong(curve) else { return [curve] }
        var faint = curve
        faint.style = .faintLine
        faint.color = 0
        return [faint, smoothed(faint, name: "local mean", steps: curve.points.count)]
    }

    private func isLong(_ curve: Curve) -> Bool { curve.points.count >= 20 }

    /// A stage may begin with a jump, so each has means of its own.
    private func smoothed(_ curve: Curve, name: String, steps: Int) -> Curve {
        curve.smoothed(
            name: name, horizon: max(3, Double(steps) / 100),
            restartingAt: run.metrics.stages.map { Double($0.steps.lowerBound) })
    }
}
