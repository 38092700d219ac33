import Foundation
import HTMLReports
import PERKModel

/// The inner rates that a run has learned, by layer and step.
struct LearnedRates {
    let run: RecordedRun
    let model: AnsweringModel?

    var section: HTMLPage.Section { HTMLPage.Section("Learned inner rates", contents) }

    private var contents: [Markup] {
        guard let learned = model?.learned else { return [.note("The run has no checkpoint yet.")] }
        let layers = learned.adapter.layout.layers
        let steps = learned.innerLoop.steps
        let map = HeatMap(
            "Rate by layer and inner step", rowTitle: "layer", rows: layers.map(String.init), columnTitle: "inner step",
            columns: (1...steps).map(String.init), values: rates(layers: layers, steps: steps), scale: .logarithmic)
        let initial =
            run.beganMetaTrained ? "as the model's own" : "at \(String(run.configuration.inner.initialRate))"
        let fixed = run.configuration.inner.learnRates ? "" : " The run left the rates as they were."
        return [
            .figures([map.figure]),
            .note(
                """
                The geometric mean of the rates of a layer's tensors, in \(run.checkpointDescription). \
                They began \(initial).\(fixed)
                """),
        ]
    }

    /// The exponential of the mean logarithm over a layer's tensors.
    private func rates(layers: [Int], steps: Int) -> [[Double]] {
        guard let learned = model?.learned else { return [] }
        let logRates = learned.logRates.scalars
        return layers.map { layer in
            // Two tensors, A and B, for each entry of the layout.
            let tensors = learned.adapter.layout.entries.enumerated().filter { $1.layer == layer }
                .flatMap { index, _ in [2 * index, 2 * index + 1] }
            return (0..<steps).map { step in
                exp(tensors.reduce(0) { $0 + Double(logRates[$1 * steps + step]) } / Double(tensors.count))
            }
        }
    }
}
