import Foundation
import HTMLReports

/// The plots of one task: over what sets its cells apart or, where all documents are in one cell, over what they are.
struct EvaluationPlots {
    let summaries: [EvaluationSummary]
    let predictions: [Prediction]

    private static let lengthTitle = "tokens of a document"
    private static let depthTitle = "position of the facts, from 0, the beginning, to 1"

    var figures: [Markup] {
        let facts = plots(over: "number of facts", .linear) { $0.cell.label.facts.map(Double.init) }
        let lengths = plots(over: Self.lengthTitle, .logarithmic) { $0.cell.label.length.map(Double.init) }
        let depths = plots(over: Self.depthTitle, .linear, \.cell.label.depth)
        return (lengths.isEmpty && facts.isEmpty ? byLength : lengths) + (depths.isEmpty ? byDepth : depths) + facts
            + grids
    }

    /// A curve for each method.
    private func curves(_ points: (EvaluationMethod) -> [Curve.Point]) -> [Curve] {
        EvaluationMethod.allCases.enumerated().compactMap { index, method in
            let points = points(method)
            return points.isEmpty
                ? nil : Curve(method.rawValue, points.sorted { $0.x < $1.x }, style: .dottedLine, color: index)
        }
    }

    // MARK: - Over cells

    /// Score and cost over what sets cells apart; none where it is the same for all. Of several cells at one abscissa the
    /// mean is drawn.
    private func plots(
        over name: String, _ scale: Axis.Scale, _ abscissa: (EvaluationSummary) -> Double?
    ) -> [Markup] {
        guard Set(summaries.compactMap(abscissa)).count > 1 else { return [] }
        func points(_ method: EvaluationMethod, _ point: ([EvaluationSummary], Double) -> Curve.Point) -> [Curve.Point]
        {
            Dictionary(grouping: summaries.filter { $0.method == method && abscissa($0) != nil }) { abscissa($0) ?? 0 }
                .map { point($1, $0) }
        }
        func mean(_ group: [EvaluationSummary], _ value: (EvaluationSummary) -> Double) -> Double {
            group.reduce(0) { $0 + value($1) } / Double(group.count)
        }
        let scores = LinePlot(
            "Score", x: Axis(name, scale: scale), y: Axis("score", including: [0, 1]),
            curves: curves { method in
                points(method) { group, x in
                    let interval = group.count == 1 ? group[0].score.lower...group[0].score.upper : nil
                    return Curve.Point(x: x, y: mean(group, \.score.mean), interval: interval)
                }
            })
        let cost = LinePlot(
            "Seconds to read a document and answer one question", x: Axis(name, scale: scale),
            y: Axis("seconds", scale: .logarithmic),
            curves: curves { method in
                points(method) { group, x in
                    Curve.Point(x: x, y: mean(group) { $0.readSeconds + $0.answerSeconds })
                }
            })
        return [scores.figure, cost.figure]
    }

    /// The scores of each method by depth and length, where both vary.
    private var grids: [Markup] {
        let lengths = Set(summaries.compactMap(\.cell.label.length)).sorted()
        let depths = Set(summaries.compactMap(\.cell.label.depth)).sorted()
        guard lengths.count > 1, depths.count > 1 else { return [] }
        return EvaluationMethod.allCases.compactMap { method in
            let scores = summaries.filter { $0.method == method }
            guard !scores.isEmpty else { return nil }
            let values = depths.map { depth in
                lengths.map { length in
                    scores.first { $0.cell.label.depth == depth && $0.cell.label.length == length }?.score.mean ?? .nan
                }
            }
            return HeatMap(
                "Score by depth and length, \(method.rawValue)", rowTitle: "depth", rows: depths.map { "\($0)" },
                columnTitle: "tokens", columns: lengths.map { "\($0)" }, values: values, range: 0...1
            ).figure
        }
    }

    // MARK: - Over documents

    /// Documents whose lengths are within a factor of two count together.
    private var byLength: [Markup] {
        plots(over: Self.lengthTitle, .logarithmic, value: { Double($0.tokens) }) { log2(max(1, $0)).rounded(.down) }
    }

    /// Documents whose answers stand within the same tenth count together.
    private var byDepth: [Markup] {
        plots(over: Self.depthTitle, .linear, value: \.depth) { min(9, ($0 * 10).rounded(.down)) }
    }

    private func plots(
        over name: String, _ scale: Axis.Scale, value: (Prediction) -> Double?, bin: (Double) -> Double
    ) -> [Markup] {
        guard Set(predictions.compactMap { value($0).map(bin) }).count > 1 else { return [] }
        let scores = LinePlot(
            "Score", x: Axis(name, scale: scale), y: Axis("score", including: [0, 1]),
            curves: curves { method in
                let own = predictions.filter { $0.method == method && value($0) != nil }
                return Dictionary(grouping: own) { bin(value($0) ?? 0) }.values.map { group in
                    let interval = BootstrapInterval(scoresByDocument: group.map { $0.outcomes.map(\.score) })
                    return Curve.Point(
                        x: group.reduce(0) { $0 + (value($1) ?? 0) } / Double(group.count), y: interval?.mean ?? .nan,
                        interval: interval.map { $0.lower...$0.upper })
                }
            })
        return [scores.figure]
    }
}
