import AdapterStore
import Foundation
import Synchronization
import TestTimeLearning
import Testing
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// Many clients at once.
@Suite struct ConcurrentServiceTests {
    private static let text = "Zoe lives in Oslo. She is a baker. Omar likes football.\n\nThe sea is near. It is cold."

    /// A document that takes seconds to learn, unless it is cancelled.
    static let long = (0..<4_000).map { "Omar number \($0) likes football." }.joined(separator: " ")

    static func slowService(waitingDocuments: Int = 64) throws -> TinyService {
        try TinyService(
            model: TinyModel.make(innerLoop: InnerLoopConfiguration(steps: 200, microBatchTokens: 64)),
            store: .inMemory(onDamage: { _ in }), maximumDocumentTokens: 1_000_000,
            limits: ServiceLimits(waitingDocuments: waitingDocuments))
    }

    /// Returns when `condition` holds of the service's queue.
    static func wait(
        _ service: TinyService, until condition: (QueueStatus) -> Bool
    ) async throws {
        while try await !condition(service.service.status().queue) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func simultaneousSubmissionsLearnTheDocumentOnce() async throws {
        let service = try TinyService()
        let cached = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { try await service.service.submit(SubmitRequest(text: Self.text)).cached }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(cached.count { !$0 } == 1 && cached.count == 8)
        #expect(try service.store.statistics().count == 1)
    }

    @Test func manyTasksMaySubmitManyDocuments() async throws {
        let service = try TinyService()
        let fresh = try await withThrowingTaskGroup(of: SubmittedDocument.self) { group in
            for index in 0..<24 {
                group.addTask { try await service.service.submit(SubmitRequest(text: "Omar is \(index % 6).")) }
            }
            return try await group.reduce(into: [String]()) { if !$1.cached { $0.append($1.document) } }
        }
        #expect(fresh.count == 6 && Set(fresh).count == 6)
        #expect(try await service.service.documents().count == 6)
    }

    /// What the service answers is what the answerer alone does, to the bit, whatever else is going on.
    @Test(arguments: [1, 2, 4])
    func answersAreThoseOfTheAnswererAlone(threads: Int) async throws {
        let alone = try TinyService()
        let service = try TinyService(threads: threads)
        let texts = (0..<5).map { "Omar is \($0). Zoe lives in Oslo number \($0)." }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for text in texts {
                group.addTask {
                    for question in ["Who?", "Where does Zoe live?"] {
                        let answer = try await service.service.answer(
                            AskRequest(text: text, question: question, sampling: SamplingOptions(maxTokens: 8)))
                        let expected = try alone.ask(question, about: alone.submit(text).document)
                        #expect(answer.text == expected.text && answer.logProbability == expected.logProbability)
                    }
                    let bytes = try #require(try alone.storedBytes(of: text))
                    #expect(try service.storedBytes(of: text) == bytes)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func questionsWaitForADocumentThatIsBeingLearned() async throws {
        let service = try TinyService()
        let document = service.answerer.key(of: Self.text).document.description
        async let submitted = service.service.submit(SubmitRequest(text: Self.text))
        try await Self.wait(service) { _ in true }
        let answer = try await service.service.answer(AskRequest(document: document, question: "Who?"))
        #expect(answer.tokens > 0)
        _ = try await submitted
    }

    @Test func piecesOfTextMakeTheAnswer() async throws {
        let service = try TinyService()
        let request = AskRequest(
            text: Self.text, question: "Who?",
            sampling: SamplingOptions(maxTokens: 24, temperature: 1, seed: 3), stream: true)
        var pieces: [String] = []
        var answer: Answer?
        for try await event in service.service.ask(request, progress: nil) {
            switch event {
            case .text(let text): pieces.append(text)
            case .answer(let whole): answer = whole
            }
        }
        #expect(pieces.joined() == answer?.text && pieces.count > 3, "\(pieces)")
        #expect(try service.ask("Who?", about: service.submit(Self.text).document).text.isEmpty == false)
    }

    @Test func aCancelledSubmissionStopsAndLeavesNothing() async throws {
        let service = try Self.slowService()
        let progress = Recorder<EncodingProgress>()
        let task = Task {
            try await service.service.submit(SubmitRequest(text: Self.long), progress: progress.record)
        }
        while progress.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await Self.wait(service) { $0.encoding == 0 }
        #expect(try service.store.statistics().count == 0)
    }

    /// The other client still gets the document; nothing is learned twice.
    @Test func whoIsLeftKeepsTheEncoding() async throws {
        let service = try TinyService()
        let first = Task { try await service.service.submit(SubmitRequest(text: Self.text)) }
        async let second = service.service.submit(SubmitRequest(text: Self.text))
        first.cancel()
        #expect(try await second.tokens > 0)
        #expect(try service.store.statistics().count == 1)
    }

    @Test func aFullQueueIsRefused() async throws {
        let service = try Self.slowService(waitingDocuments: 1)
        let running = Task { try await service.service.submit(SubmitRequest(text: Self.long)) }
        try await Self.wait(service) { $0.encoding == 1 }
        let waiting = Task { try await service.service.submit(SubmitRequest(text: Self.text)) }
        try await Self.wait(service) { $0.waiting == 1 }
        await #expect(throws: ServiceError.queueFull(limit: 1)) {
            try await service.service.submit(SubmitRequest(text: "Omar is here."))
        }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try await Self.wait(service) { $0.waiting == 0 }
        running.cancel()
        _ = await running.result
    }

    @Test func shuttingDownRefusesWhatWaitsAndEndsWhatRuns() async throws {
        let service = try Self.slowService()
        let running = Task { try await service.service.submit(SubmitRequest(text: Self.long)) }
        try await Self.wait(service) { $0.encoding == 1 }
        let waiting = Task { try await service.service.submit(SubmitRequest(text: Self.text)) }
        try await Self.wait(service) { $0.waiting == 1 }
        service.service.refuseWaiting()
        await #expect(throws: ServiceError.shuttingDown) { try await waiting.value }
        await #expect(throws: ServiceError.shuttingDown) {
            try await service.service.submit(SubmitRequest(text: "Omar is here."))
        }
        #expect(try await service.service.status().queue.encoding == 1)
        service.service.stop()
        await #expect(throws: ServiceError.shuttingDown) { try await running.value }
    }

    @Test func progressComesAtMostTenTimesASecond() async throws {
        let service = try Self.slowService()
        let progress = Recorder<(EncodingProgress, ContinuousClock.Instant)>()
        let task = Task {
            try await service.service.submit(SubmitRequest(text: Self.long)) { progress.record(($0, .now)) }
        }
        while progress.all.count < 4 { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        _ = await task.result
        let all = progress.all
        #expect(zip(all, all.dropFirst()).allSatisfy { $1.1 - $0.1 > .milliseconds(90) })
        #expect(all.allSatisfy { ($0.0.loss == nil) == ($0.0.step == 1) })
    }
}
