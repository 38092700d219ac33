import HTMLReports

/// Steps in a row that a run took in one stage, as its metrics tell: the configuration may have been another then.
struct RecordedStage {
    /// From 1, in the order of the run.
    let number: Int
    /// The stage's name, or "base" for base training.
    let name: String
    /// From its first step to its last.
    var steps: ClosedRange<Int>
}

extension RecordedMetrics {
    var stages: [RecordedStage] {
        var stages: [RecordedStage] = []
        for step in steps {
            let name = step.phase == .base ? "base" : step.stage ?? "meta"
            if let last = stages.last, last.name == name, last.steps.upperBound <= step.step {
                stages[stages.count - 1].steps = last.steps.lowerBound...step.step
            } else {
                stages.append(RecordedStage(number: stages.count + 1, name: name, steps: step.step...step.step))
            }
        }
        return stages
    }

    /// The stages that have steps after `first` up to `last`, to be marked in a plot.
    func stretches(from first: Int, to last: Int) -> [LinePlot.Stretch] {
        stages.filter { $0.steps.upperBound > first && $0.steps.lowerBound <= last }.map { stage in
            // A step leads from the state after the one before it to its own.
            LinePlot.Stretch(
                stage.name, shortName: String(stage.number),
                Double(stage.steps.lowerBound) - 1...Double(stage.steps.upperBound))
        }
    }
}
