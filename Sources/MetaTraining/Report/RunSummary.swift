import Foundation
import HTMLReports
import LanguageModel

/// What a run is: its configuration in short, and how far it has come.
struct RunSummary {
    let run: RecordedRun

    private var configuration: TrainingConfiguration { run.configuration }

    var introduction: Markup {
        let steps = run.metrics.steps
        let skipped = steps.count(where: \.skipped)
        let base = steps.count { $0.phase == .base }
        let phases = base == 0 ? "" : " (\(base) of base training, \(steps.count - base) of meta-training)"
        // Overflow is no matter of a real run, but a file may say anything.
        let tokens = steps.reduce(0.0) { $0 + Double($1.tokens ?? 0) }
        let size = tokens == 0 ? "" : ", \(Decimals.text(tokens, significant: 3)) tokens read"
        return .paragraph(
            """
            \(steps.count) steps done\(phases) of at most \(configuration.maximumSteps), \(skipped == 0 ? "none" : String(skipped)) skipped\(size). \
            The model below is that of \(run.checkpointDescription).
            """)
    }

    var section: HTMLPage.Section {
        HTMLPage.Section(
            "The run",
            [
                Table.properties(
                    "Configuration",
                    [
                        ("Model", model), ("Adapter", adapter), ("Token weighter", weighter), ("Inner loop", innerLoop),
                        ("Base training", baseTraining), ("Outer loop", outerLoop), ("Evaluation", evaluation),
                    ]),
                stages.markup,
                .folded("The whole configuration (resolved.yaml)", text: run.resolvedYAML),
            ])
    }

    private var model: Markup {
        if let path = configuration.model.path { return "\(path)" }
        let shape = configuration.model.shape
        let tokenizer = configuration.tokenizer.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "none"
        return """
            a fresh Llama: layers \(shape.layers), width \(shape.width), heads \(shape.heads), feed-forward width \
            \(shape.intermediateWidth); tokenizer \(tokenizer)
            """
    }

    private var adapter: Markup {
        if let path = configuration.adapter.path { return "\(path)" }
        if run.beganMetaTrained { return "the model's own" }
        let adapter = configuration.adapter.shape
        let scale = AdapterLayout.scale(rank: adapter.rank, alpha: adapter.alpha, rankStabilized: adapter.rsLoRA)
        let names = adapter.targets.map(\.shortName).joined(separator: ", ")
        let targets = adapter.targets == LinearMap.allCases ? "all linear maps" : names
        return """
            rank \(adapter.rank), scale \(Decimals.text(scale, significant: 3)), \(targets), layers: \
            \(adapter.layers.description)
            """
    }

    private var weighter: Markup {
        let weighter = configuration.weighter
        if run.beganMetaTrained { return "the model's own" }
        guard weighter.enabled else { return "none" }
        return """
            hidden width \(weighter.hiddenWidth), \(weighter.weighting.nonlinearity.rawValue)\(weighter.weighting.isNormalized ? ", normalized" : "")
            """
    }

    private var innerLoop: Markup {
        let inner = configuration.inner
        if run.beganMetaTrained { return "the model's own, its rates \(inner.learnRates ? "learned further" : "kept")" }
        let order = inner.firstOrder ? "first order" : "truncated \(inner.loop.truncatedSteps)"
        return """
            \(inner.loop.optimizer.rawValue), steps \(inner.loop.steps), \(order); initial rate \
            \(String(inner.initialRate)), \(inner.learnRates ? "learned" : "fixed")
            """
    }

    private var baseTraining: Markup {
        let base = configuration.base
        guard base.steps > 0 else { return "none" }
        return """
            steps \(base.steps), sequences a step \(base.batch); rate \(String(base.rate)), warm-up steps \(base.warmUpSteps)
            """
    }

    private var outerLoop: Markup {
        let meta = configuration.meta
        return """
            documents a step \(meta.tasksPerStep); rate \(String(meta.rate)), warm-up steps \(meta.warmUpSteps), rate of \
            the inner rates \(String(meta.rateOfRates)); the base model is \(meta.trainBase ? "trained too" : "frozen")
            """
    }

    private var evaluation: Markup {
        let evaluation = configuration.evaluation
        return """
            meta-steps between two: \(evaluation.interval); on: \(evaluation.setNames.joined(separator: "; "))
            """
    }

    private var stages: Table {
        let rows = run.metrics.stages.map { stage -> [Markup] in
            let evaluation = run.metrics.evaluations.last { $0.stage == stage.name && stage.steps.contains($0.step) }
            return [
                "\(stage.number)", "\(stage.name)", "\(stage.steps.lowerBound) to \(stage.steps.upperBound)",
                "\(evaluation.map { Decimals.text($0.meanAccuracy, places: 3) } ?? "–")",
            ]
        }
        return Table(
            "Stages",
            columns: [
                .init("Stage"), .init("Name"), .init("Steps", isNumeric: true),
                .init("Mean accuracy at the end", isNumeric: true),
            ], rows: rows)
    }
}
