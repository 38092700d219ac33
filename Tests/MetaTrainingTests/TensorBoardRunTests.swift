import Foundation
import MetaTrainingSupport
import Testing

@testable import MetaTraining

/// The event files of runs of the command.
@Suite struct TensorBoardRunTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Data(TinyTraining.yaml.utf8).write(to: folder.url.appendingPathComponent("train.yaml"))
    }

    private func train(_ arguments: String...) throws {
        let result = try CommandProcess(["train", "train.yaml"] + arguments, in: folder).finish()
        #expect(result.status == 0, "\(result.log)")
    }

    /// A line of the metrics file: a step's figures, or an evaluation's.
    private struct MetricsLine: Decodable {
        var step: Int
        var phase: String?
        var innerLosses: [Double]?
        var gradientNorm: Double?
        var rate: Double?
        /// A step's, or the sets' of an evaluation.
        var loss: Losses?
        var accuracy: [String: Double]?

        enum Losses: Decodable {
            case step(Double)
            case sets([String: Double])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                self =
                    try (try? container.decode(Double.self)).map { .step($0) }
                    ?? .sets(container.decode([String: Double].self))
            }
        }

        var scalars: [String: Float] {
            var values: [String: Double] = [:]
            switch loss {
            case .step(let loss): values[phase == "base" ? "loss/base" : "loss/outer"] = loss
            case .sets(let losses):
                for (name, loss) in losses { values["validation_loss/\(name.replacing(" ", with: "_"))"] = loss }
            case nil: break
            }
            for (index, loss) in (innerLosses ?? []).enumerated() { values["loss/inner/\(index + 1)"] = loss }
            values["gradient_norm"] = gradientNorm
            values["rate"] = rate
            for (people, share) in accuracy ?? [:] { values["accuracy/\(people.replacing(" ", with: "_"))"] = share }
            return values.mapValues { Float($0) }
        }
    }

    @Test func eventsAreTheMetrics() throws {
        let start = Date().timeIntervalSince1970
        try train("--set", "output.tensorBoard=true")
        let metrics = try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { try JSONDecoder().decode(MetricsLine.self, from: Data($0.utf8)) }
        let files = try folder.files(below: "run/tensorboard")
        let events = try EventFileReader(#require(files.first).value).events
        #expect(files.count == 1)
        #expect(events.prefix(2).map(\.fileVersion) == ["brain.Event:2", nil])
        #expect(events[1].sessionStatus == 1 && events[1].step == 1)
        let points = events.dropFirst(2)
        #expect(points.map(\.step) == metrics.map(\.step))
        #expect(points.map(\.scalars) == metrics.map(\.scalars))
        #expect(Set(points.flatMap(\.scalars.keys)).count == 8 && metrics.last?.accuracy != nil)
        let times = events.compactMap(\.wallTime)
        #expect(times.count == events.count && times == times.sorted())
        #expect(times.allSatisfy { (start...Date().timeIntervalSince1970).contains($0) })

        // The run taken up again, though it has nothing left to do.
        try train("--set", "output.tensorBoard=true", "--resume")
        var later = try folder.files(below: "run/tensorboard")
        for (name, data) in files { #expect(later.removeValue(forKey: name) == data) }
        let resumed = try EventFileReader(#require(later.first).value).events
        #expect(later.count == 1 && resumed.map(\.sessionStatus) == [nil, 1])
        #expect(resumed.last?.step == TinyTraining.stepCount + 1)
    }

    @Test func runsWriteNoEventsUnlessAskedTo() throws {
        try train("--set", "base.steps=0", "--set", "curriculum=[{maximumSteps: 1}]")
        #expect(!FileManager.default.fileExists(atPath: folder.path("run/tensorboard")))
    }
}
