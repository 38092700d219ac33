import Synchronization

@testable import MetaTraining

/// A run, with its record or without.
protocol TrainingEventSource {
    var isInterrupted: () -> Bool { get set }
    mutating func next() throws -> TrainingEvent?
}

extension TrainingRun: TrainingEventSource {}
extension TrainingSession: TrainingEventSource {}

extension TrainingEventSource {
    /// Trains to the end, or so many steps more with what belongs to them.
    ///
    /// - Returns: what came of it.
    @discardableResult mutating func train(steps limit: Int = .max) throws -> [TrainingEvent] {
        let counter = StepCounter()
        isInterrupted = { counter.steps >= limit }
        var events: [TrainingEvent] = []
        while let event = try next() {
            if case .step = event { counter.steps += 1 }
            events.append(event)
        }
        return events
    }
}

/// Lines that were reported, from any thread.
final class ReportedLines: Sendable {
    private let storage = Mutex<[String]>([])
    var lines: [String] { storage.withLock { $0 } }
    func append(_ line: String) { storage.withLock { $0.append(line) } }
}

private final class StepCounter {
    var steps = 0
}

extension [TrainingEvent] {
    var steps: [StepFigures] { compactMap { if case .step(let figures) = $0 { figures } else { nil } } }

    var evaluations: [Evaluation] { compactMap { if case .evaluation(let figures) = $0 { figures } else { nil } } }

    var stageEnds: [String] { compactMap { if case .stageEnded(let end) = $0 { end.description } else { nil } } }
}

extension Evaluation {
    /// An evaluation of these accuracies, by number of people, and of one loss.
    init(accuracy: [Int: Double], loss: Double = 1) {
        self.init(
            sets: Dictionary(
                uniqueKeysWithValues: accuracy.map {
                    (
                        EvaluationSection.label(people: $0).name,
                        Figures(accuracy: $1, loss: loss, tokens: 10, questions: 8)
                    )
                }))
    }
}
