import Foundation
import FoundationXML
import HTMLReports
import MetaTrainingSupport
import PERKModel
import Tensors
import Testing

/// Reports of runs of the command.
@Suite struct ReportCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try write("train.yaml", TinyTraining.yaml)
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }

    private func train(_ arguments: String...) throws {
        let result = try CommandProcess(["train", "train.yaml"] + arguments, in: folder).finish()
        #expect(result.status == 0, "\(result.log)")
    }

    private func report(_ arguments: String...) throws -> (status: Int32, log: String, output: String) {
        try CommandProcess(["report"] + arguments, in: folder).finish()
    }

    /// The page of the run in `run`, which is well-formed.
    private func page() throws -> String {
        let result = try report("run")
        #expect(result.status == 0, "\(result.log)")
        let data = try Data(contentsOf: folder.url.appendingPathComponent("report.html"))
        #expect(XMLParser(data: data).parse())
        return String(decoding: data, as: UTF8.self)
    }

    private func figure(_ title: String, in page: String) throws -> Substring {
        let start = try #require(page.firstRange(of: "<figcaption>\(title)"), "\(title)")
        let rest = page[start.upperBound...]
        return rest[..<(try #require(rest.firstRange(of: "</figure>")).lowerBound)]
    }

    @Test func aFinishedRunHasItsCurvesRatesAndAnswers() throws {
        try train("--set", "output.keepLast=3")
        let page = try page()
        // Six meta-steps, three base steps; the second inner step is taken in the second stage alone.
        for (title, points) in [
            ("Outer loss", [6]), ("Loss of base training", [3]), ("Norm of the gradient", [9]), ("Learning rate", [9]),
            ("Inner losses", [6, 3]),
        ] {
            let paths = try figure(title, in: page).matches(of: /<path class="line" d="(M[0-9][^"]*L[^"]*)"/)
            #expect(paths.map { $0.1.count { "ML".contains($0) } } == points, "\(title)")
        }
        #expect(try figure("Outer loss", in: page).contains(">two<"))
        #expect(try figure("Rate by layer and inner step", in: page).contains("<title>layer 0, inner step 2: "))
        #expect(page.contains("9 steps done (3 of base training, 6 of meta-training) of at most 9, none skipped"))
        #expect(page.contains("sentencesPerSegment: 1"))
        // The weighter began by weighing all tokens alike, with softplus(0) / 3.
        let weights = page.matches(of: /<span class="shade-[0-9]+" title="(0\.[0-9]+)">/).compactMap { Double($0.1) }
        #expect(weights.count > 20 && weights.allSatisfy { abs($0 - log(2) / 3) < 0.02 })
        #expect(page.contains("Model&#39;s answer") && !page.contains("no token weighter"))
    }

    @Test func tablesHoldTheNumbersOfTheMetrics() throws {
        try train("--set", "output.keepLast=3")
        // An older checkpoint as the best one.
        let step = 6
        try write("run/best", "checkpoint-6\n")
        // Figures that no tiny run has, and an evaluation before training.
        var lines = try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.contains("accuracy") }.map(String.init)
        func evaluation(_ step: Int, _ accuracy: Double, _ loss: Double) -> String {
            """
            {"step":\(step),"stage":"two","accuracy":{"1 people":\(accuracy),"dev.jsonl":0.125},"loss":{"1 people":\(loss)},\
            "tokens":{"1 people":41},"questions":{"1 people":32}}
            """
        }
        lines =
            [evaluation(0, 0.03125, 6.5)] + lines.prefix(step) + [evaluation(step, 0.75, 1.125)]
            + lines.dropFirst(step) + [evaluation(9, 0.5, 2.25)]
        try write("run/metrics.jsonl", lines.joined(separator: "\n") + "\n{\"step\":10,\"los")
        let page = try page()
        func row(_ cells: String...) -> String { cells.map { "<td class=\"number\">\($0)</td>" }.joined() }
        #expect(page.contains("1 people</th>" + row("1", "32", "41", "0.031", "0.750", "6.500", "1.125")))
        #expect(page.contains("dev.jsonl</th>" + row("–", "–", "–", "0.125", "0.125", "–", "–")))
        #expect(page.contains("Before: the first evaluation recorded (step 0, stage two)"))
        #expect(page.contains("(step \(step), stage two)"))
        let byLength = try figure("Accuracy by length", in: page)
        #expect(byLength.contains("tokens in a document") && byLength.contains("class=\"interval\""))
        #expect(try figure("Loss on held-out documents", in: page).contains("step 9: 2.25"))
    }

    @Test func ratesAreGeometricMeansOverALayer() throws {
        let shape = "{width: 16, layers: 2, heads: 2, intermediateWidth: 24}"
        // Fast enough to tell the rates apart.
        let yaml = TinyTraining.yaml(changes: ["model": shape]).replacing("meta: {", with: "meta: {rateOfRates: 5, ")
        try write("train.yaml", yaml)
        try train()
        let map = try figure("Rate by layer and inner step", in: page())
        let best = try String(contentsOfFile: folder.path("run/best"), encoding: .utf8)
        let learned = try AnsweringModel(path: folder.path("run/\(best)")).learned
        for layer in 0..<2 {
            for step in 0..<2 {
                let logarithms = learned.adapter.layout.names.enumerated()
                    .filter { $1.contains(".layers.\(layer).") }.map {
                        Double(learned.logRates[$0.offset].scalars[step])
                    }
                let mean = exp(logarithms.reduce(0, +) / Double(logarithms.count))
                let title = "layer \(layer), inner step \(step + 1): \(Decimals.text(mean, significant: 3))"
                #expect(map.contains("<title>\(title)</title>"), "\(title)")
            }
        }
        let values = map.matches(of: /inner step [0-9]: ([^<]+)</).map { String($0.1) }
        #expect(values.count == 4 && Set(values).count == 4)
    }

    @Test func aModelWithoutWeighterSaysSo() throws {
        try write("train.yaml", TinyTraining.yaml(changes: ["weighter": "{enabled: false}", "base": "{steps: 0}"]))
        try train()
        let page = try page()
        #expect(page.contains("The model has no token weighter") && !page.contains("<ul class=\"shaded\">"))
        #expect(page.contains("Model&#39;s answer") && !page.contains("Loss of base training"))
    }

    @Test func aRunThatHasNoCheckpointYetHasItsCurves() throws {
        try train()
        for name in ["best", "latest"] { try FileManager.default.removeItem(atPath: folder.path("run/\(name)")) }
        let page = try page()
        #expect(page.contains("no checkpoint yet") && page.contains("<figcaption>Outer loss"))
        #expect(!page.contains("Rate by layer"))
    }

    @Test func whatIsNoRunIsRefused() throws {
        func refusal(_ problem: String) throws {
            let result = try report("run")
            #expect(result.status == 1 && result.log.hasPrefix("error: "), "\(result)")
            #expect(result.log.contains(problem), "\(result.log)")
            #expect(!FileManager.default.fileExists(atPath: folder.path("report.html")))
        }
        try refusal("run/resolved.yaml: cannot be read")
        try train()
        let metrics = try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8)
        try write("run/metrics.jsonl", "")
        try refusal("run/metrics.jsonl: holds no step yet")
        try write("run/metrics.jsonl", "nonsense\n" + metrics)
        try refusal("run/metrics.jsonl:1: is neither")
        try write("run/metrics.jsonl", metrics)
        try write("run/best", "checkpoint-77")
        try refusal("run/checkpoint-77: is no checkpoint")
        try write("run/best", "../elsewhere")
        try refusal("run/best: does not name a checkpoint")
        try FileManager.default.removeItem(atPath: folder.path("run/best"))
        try write("run/\(String(contentsOfFile: folder.path("run/latest"), encoding: .utf8))/meta.safetensors", "short")
        try refusal("meta.safetensors")
        try write("run/resolved.yaml", "seeds: 1")
        try refusal("seeds: unknown key")
        try FileManager.default.removeItem(atPath: folder.path("run/metrics.jsonl"))
    }

    @Test func helpHasAnExample() throws {
        let result = try report("--help")
        #expect(result.status == 0 && result.output.contains("perk-meta-train report runs/mine --output mine.html"))
    }
}
