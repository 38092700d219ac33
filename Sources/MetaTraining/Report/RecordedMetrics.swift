import BenchmarkData
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
    /// - Parameter labels: what the run's configuration calls the sets of documents about people.
    /// - Throws: `RunReportError` naming the file and the line.
    init(path: String, labels: [SourceLabel]) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw RunReportError(file: path, problem: "cannot be read (\(error.localizedDescription))")
        }
        let decoder = JSONDecoder()
        let people = Dictionary(labels.map { ($0.name, $0.facts) }) { first, _ in first }.compactMapValues(\.self)
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do {
                switch try decoder.decode(Line.self, from: line) {
                case .step(let step): steps.append(step)
                case .evaluation(let line): evaluations.append(Evaluation(line, people: people))
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

/// A set of held-out documents: generated ones about so many people, or those of a file or a task.
struct EvaluationSet: Hashable, Comparable, CustomStringConvertible {
    let description: String
    /// The number of people that the documents are about; `nil` for other documents.
    let people: Int?

    /// The set by its key in a metrics file, which is its name; earlier programs wrote the number of people alone.
    ///
    /// - Parameter people: the numbers of people by the names of the sets.
    init(key: String, people: [String: Int]) {
        if let number = Int(key) {
            (description, self.people) = (EvaluationSection.label(people: number).name, number)
        } else {
            (description, self.people) = (key, people[key])
        }
    }

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
    case evaluation(EvaluationLine)

    private enum CodingKeys: String, CodingKey { case accuracy }

    init(from decoder: any Decoder) throws {
        let isEvaluation = try decoder.container(keyedBy: CodingKeys.self).contains(.accuracy)
        self =
            isEvaluation
            ? .evaluation(try EvaluationLine(from: decoder)) : .step(try RecordedMetrics.Step(from: decoder))
    }
}

/// An evaluation as it stands in a metrics file: each figure by the names of the sets.
private struct EvaluationLine: Decodable {
    let step: Int
    let stage: String?
    let accuracy: [String: Double]
    let loss, tokens: [String: Double]?
    let questions: [String: Int]?
}

extension RecordedMetrics.Evaluation {
    /// - Parameter people: the numbers of people by the names of the sets.
    fileprivate init(_ line: EvaluationLine, people: [String: Int]) {
        (step, stage) = (line.step, line.stage)
        measurements = line.accuracy.map { key, accuracy in
            RecordedMetrics.Measurement(
                set: EvaluationSet(key: key, people: people), accuracy: accuracy, loss: line.loss?[key],
                tokens: line.tokens?[key], questions: line.questions?[key])
        }.sorted { $0.set < $1.set }
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
