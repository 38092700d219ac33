import Foundation
import MetaTrainingSupport
import Testing

@testable import MetaTraining

@Suite struct RecordedMetricsTests {
    private let folder: TemporaryFolder
    private let step = """
        {"gradientNorm":2.5,"innerLosses":[1.5,0.5],"loss":3.25,"phase":"meta","rate":0.001,"skipped":false,\
        "stage":"bind","step":1}
        """

    init() throws { folder = try TemporaryFolder() }

    private func metrics(_ text: String) throws -> RecordedMetrics {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("metrics.jsonl"))
        return try RecordedMetrics(
            path: folder.path("metrics.jsonl"), labels: [9, 10].map(EvaluationSection.label(people:)))
    }

    @Test func stepsAreReadAsTheyWereWritten() throws {
        let log = try MetricsLog(path: folder.path("metrics.jsonl"))
        try log.append(
            step: 1,
            StepFigures(phase: .base, loss: 7.5, gradientNorm: 2, rate: 0.1, tokens: 12, skipped: false))
        try log.append(
            step: 2,
            StepFigures(
                phase: .meta, stage: "one", loss: .nan, innerLosses: [1, .infinity], gradientNorm: -.infinity,
                rate: 0.2, tokens: 34,
                skipped: true))
        let steps = try RecordedMetrics(path: folder.path("metrics.jsonl"), labels: []).steps
        #expect(steps.map(\.step) == [1, 2] && steps.map(\.phase) == [.base, .meta])
        #expect(steps[0].loss == 7.5 && steps[0].innerLosses == nil && steps[0].stage == nil && !steps[0].skipped)
        #expect(steps[1].loss.isNaN && steps[1].innerLosses == [1, .infinity] && steps[1].gradientNorm == -.infinity)
        #expect(steps[1].stage == "one" && steps[1].skipped && steps[1].rate == 0.2)
        #expect(steps.map(\.tokens) == [12, 34])
    }

    @Test func evaluationsByNumbersOfPeopleAlone() throws {
        let metrics = try metrics("\(step)\n{\"accuracy\":{\"16\":0.25,\"2\":1},\"stage\":\"bind\",\"step\":1}\n")
        let evaluation = try #require(metrics.evaluations.first)
        #expect(evaluation.step == 1 && evaluation.stage == "bind" && evaluation.meanAccuracy == 0.625)
        #expect(evaluation.measurements.map(\.set.description) == ["2 people", "16 people"])
        #expect(evaluation.measurements.map(\.accuracy) == [1, 0.25])
        #expect(evaluation.measurements.allSatisfy { $0.loss == nil && $0.tokens == nil && $0.questions == nil })
    }

    @Test func evaluationsOfNamedSets() throws {
        let line = """
            {"step":0,"stage":"bind","accuracy":{"dev.jsonl":0.5,"10 people":0.25,"9 people":1},"loss":{"9 people":"inf",\
            "dev.jsonl":2},"tokens":{"9 people":120.5},"questions":{"9 people":40},"seconds":3}
            """
        let metrics = try metrics("\(line)\n\(step)\n")
        let measured = try #require(metrics.evaluations.first).measurements
        #expect(measured.map(\.set.description) == ["9 people", "10 people", "dev.jsonl"])
        #expect(measured.map(\.loss) == [.infinity, nil, 2] && measured.map(\.tokens) == [120.5, nil, nil])
        #expect(measured.map(\.questions) == [40, nil, nil] && measured.map(\.set.people) == [9, 10, nil])
        #expect(metrics.sets == measured.map(\.set))
    }

    @Test(arguments: ["{\"step\":2,\"lo", "{", ""]) func aLastLineMayBeCutOff(rest: String) throws {
        let metrics = try metrics("\(step)\n\(rest)")
        #expect(metrics.steps.count == 1 && metrics.evaluations.isEmpty)
    }

    @Test func aWholeLastLineNeedsNoEnd() throws {
        #expect(try metrics(step).steps.count == 1)
    }

    @Test(arguments: [
        "", "[]", "{\"step\":2}", "{\"step\":2,\"accuracy\":{\"2\":\"high\"}}", "{\"step\":1e99,\"accuracy\":{}}",
        "\u{0}",
    ]) func aBadLineIsNamed(line: String) throws {
        let failure = #expect(throws: RunReportError.self) { try metrics("\(step)\n\(line)\n\(step)\n") }
        #expect(failure?.line == 2)
        #expect(failure?.description.hasPrefix("\(folder.path("metrics.jsonl")):2: ") == true)
    }

    @Test func stagesAreStepsInARow() throws {
        func line(_ step: Int, _ phase: String, _ stage: String?) -> String {
            let named = stage.map { ",\"stage\":\"\($0)\"" } ?? ""
            return
                "{\"gradientNorm\":1,\"loss\":1,\"phase\":\"\(phase)\",\"rate\":1,\"skipped\":false\(named),\"step\":\(step)}\n"
        }
        let lines = [
            line(1, "base", nil), line(2, "base", nil), line(3, "meta", "one"), line(4, "meta", "two"),
            line(5, "meta", "two"), line(6, "meta", "one"),
        ]
        let metrics = try metrics(lines.joined())
        #expect(metrics.stages.map(\.name) == ["base", "one", "two", "one"])
        #expect(metrics.stages.map(\.steps) == [1...2, 3...3, 4...5, 6...6])
        let marked = metrics.stretches(from: 2, to: 5)
        #expect(marked.map(\.name) == ["one", "two"] && marked.map(\.shortName) == ["2", "3"])
        #expect(marked.map(\.range) == [2...3, 3...5])
    }
}
