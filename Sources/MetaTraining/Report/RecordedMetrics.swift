import Foundation
import HTMLReports

/// The figures of a run, read back from its metrics file; see `MetricsLog`.
struct RecordedMetrics {
    /// The figures of one step; see `StepFigures`.
    struct Step: Decodable {
        let step: Int
        let phase: TrainingState.Phase
        let stage: String?
        let loss: Double
        let innerLosses: [Double]?
        let gradientNorm: Double
        let rate: Double
        /// The tokens of the sequences that were trained on.
        let tokens: Int?
        let skipped: Bool
    }

    /// What was measured on one set of held-out documents.
    struct Measurement {
        let set: EvaluationSet
        let accuracy: Double
        let loss: Double?
        /// The mean length of a document, in tokens.
        let tokens: Double?
        let questions: Int?
    }

    /// The measurements after one step; step 0 is before training.
    struct Evaluation {
        let step: Int
        let stage: String?
        /// In the order of the sets.
        let measurements: [Measurement]

        /// The mean over the sets.
        var meanAccuracy: Double { measurements.map(\.accuracy).reduce(0, +) / Double(measurements.count) }
    }

    private(set) var steps: [Step] = []
    private(set) var evaluations: [Evaluation] = []

    /// Reads a metrics file. Its last line may be cut off, for the run may be going on.
    ///
    /// - Throws: `RunReportError` naming the file and the line.
    init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw RunReportError(file: path, problem: "cannot be read (\(error.localizedDescription))")
        }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do {
                switch try decoder.decode(Line.self, from: line) {
                case .step(let step): steps.append(step)
                case .evaluation(let evaluation): evaluations.append(evaluation)
                }
            } catch {
                // No line break ends the last line.
                if line.endIndex == data.endIndex { break }
                throw RunReportError(
                    file: path, line: index + 1,
                    problem: "is neither the figures of a step nor an evaluation; correct the line or remove it")
            }
        }
    }

    /// Every set that was ever measured, in their order.
    var sets: [EvaluationSet] { Set(evaluations.flatMap { $0.measurements.map(\.set) }).sorted() }
}

/// A set of held-out documents: generated ones about so many people, or those of a file.
struct EvaluationSet: Hashable, Comparable, CustomStringConvertible {
    let description: String

    /// The set by its key in a metrics file; one that is only a number is a number of people.
    init(key: String) {
        let isNumber = !key.isEmpty && key.allSatisfy { ("0"..."9").contains($0) }
        description = isNumber ? "\(key) people" : key
    }

    /// The number of people that the documents are about; `nil` for other documents.
    var people: Int? { description.wholeMatch(of: /([0-9]+) people/).flatMap { Int($0.1) } }

    /// By the number of people, then those of files by name.
    static func < (left: EvaluationSet, right: EvaluationSet) -> Bool {
        switch (left.people, right.people) {
        case (let left?, let right?) where left != right: left < right
        case (_?, nil): true
        case (nil, _?): false
        default: left.description < right.description
        }
    }
}

/// A line of a metrics file.
private enum Line: Decodable {
    case step(RecordedMetrics.Step)
    case evaluation(RecordedMetrics.Evaluation)

    private enum CodingKeys: String, CodingKey { case step, stage, accuracy, loss, tokens, questions }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.accuracy) else {
            self = .step(try RecordedMetrics.Step(from: decoder))
            return
        }
        let accuracy = try container.decode([String: Double].self, forKey: .accuracy)
        let loss = try container.decodeIfPresent([String: Double].self, forKey: .loss) ?? [:]
        let tokens = try container.decodeIfPresent([String: Double].self, forKey: .tokens) ?? [:]
        let questions = try container.decodeIfPresent([String: Int].self, forKey: .questions) ?? [:]
        let measurements = accuracy.map { key, accuracy in
            RecordedMetrics.Measurement(
                set: EvaluationSet(key: key), accuracy: accuracy, loss: loss[key], tokens: tokens[key],
                questions: questions[key])
        }
        self = .evaluation(
            RecordedMetrics.Evaluation(
                step: try container.decode(Int.self, forKey: .step),
                stage: try container.decodeIfPresent(String.self, forKey: .stage),
                measurements: measurements.sorted { $0.set < $1.set }))
    }
}

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
