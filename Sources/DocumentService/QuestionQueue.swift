import Foundation
import PERKModel

/// The questions that wait for their answers. Those that wait at the same moment are answered side by side, and one that
/// comes later joins them where there is room.
final class QuestionQueue: @unchecked Sendable {
    private let waitingLimit: Int
    private let gate: ComputeGate
    private let generator: AnswerGenerator
    private let answering = WorkThreads("perk.answering", isSerial: true)

    /// Guards everything below.
    private let lock = NSLock()
    private var waiting: [(question: PendingQuestion, cancellation: Cancellation)] = []
    /// What stops the answers that have begun.
    private var begun: [ObjectIdentifier: Cancellation] = [:]
    private var isAnswering = false
    private var refusal: (any Error)?

    init(waitingLimit: Int, gate: ComputeGate, generator: AnswerGenerator) {
        self.waitingLimit = waitingLimit
        self.gate = gate
        self.generator = generator
    }

    var waitingCount: Int { lock.withLock { waiting.count } }

    /// The answer to a question.
    ///
    /// - Parameter onText: Called with each piece of its text, on the thread that answers; `nil` where nobody wants them.
    /// - Throws: `ServiceError.queueFull`, `QuestionAnsweringError.questionTooLong`, or `CancellationError` where this
    ///   task is cancelled.
    func answer(
        _ question: AnswerGenerator.Question, since start: ContinuousClock.Instant,
        onText: (@Sendable (String) -> Void)?
    ) async throws -> Answer {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let pending = PendingQuestion(
                    question, since: start, check: cancellation.check, onText: onText,
                    onEnd: { [self] result in
                        lock.withLock { begun[ObjectIdentifier(cancellation)] = nil }
                        continuation.resume(with: result)
                    })
                do {
                    try enqueue(pending, cancellation)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            cancel(cancellation)
        }
    }

    /// Refuses what waits and whatever comes, and lets what has begun end.
    func refuse(with error: any Error) {
        let refused = lock.withLock {
            refusal = error
            defer { waiting = [] }
            return waiting
        }
        refused.forEach { $0.question.onEnd(.failure(error)) }
    }

    /// Stops what has begun.
    func stop(with error: any Error) {
        lock.withLock { begun }.values.forEach { $0.cancel(error) }
    }

    private func enqueue(_ question: PendingQuestion, _ cancellation: Cancellation) throws {
        try lock.withLock {
            if let refusal { throw refusal }
            try cancellation.check()
            guard waiting.count < waitingLimit else { throw ServiceError.queueFull(limit: waitingLimit) }
            waiting.append((question, cancellation))
            guard !isAnswering else { return }
            isAnswering = true
            answering.begin { [self] in answerAll() }
        }
    }

    private func cancel(_ cancellation: Cancellation) {
        let removed = lock.withLock { () -> PendingQuestion? in
            cancellation.cancel()
            guard let index = waiting.firstIndex(where: { $0.cancellation === cancellation }) else { return nil }
            return waiting.remove(at: index).question
        }
        removed?.onEnd(.failure(CancellationError()))
    }

    private func answerAll() {
        repeat { gate.run(.answering) { generator.answer(next: next) } } while !rests()
    }

    private func next() -> PendingQuestion? {
        lock.withLock {
            guard !waiting.isEmpty else { return nil }
            let (question, cancellation) = waiting.removeFirst()
            begun[ObjectIdentifier(cancellation)] = cancellation
            return question
        }
    }

    /// Whether no question has come since the last was answered; then the next one that comes begins anew.
    private func rests() -> Bool {
        lock.withLock {
            isAnswering = !waiting.isEmpty
            return !isAnswering
        }
    }
}
