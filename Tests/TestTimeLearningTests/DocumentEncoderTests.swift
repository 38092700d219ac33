import Foundation
import LanguageModel
import Synchronization
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct DocumentEncoderTests {
    private let documents: [[TokenSequence]] = tinyTasks(as: Float.self).map(\.segments)

    private func encode(
        _ model: MetaLearnedModel<Float>, _ documents: [[TokenSequence]], threads: Int = 1
    ) throws -> DocumentEncoder<Float>.Encoding {
        try DocumentEncoder(model: model, threads: threads).encode(documents)
    }

    @Test(arguments: [2, 3]) func threadsDoNotChangeABit(_ threads: Int) throws {
        let model: MetaLearnedModel<Float> = try tinyModel(microBatchTokens: 6)
        let one = try encode(model, documents), many = try encode(model, documents, threads: threads)
        #expect(one.batches.count == 3)
        #expect(many.adapter.tensors == one.adapter.tensors)
        #expect(many.losses == one.losses)
        let tasks = tinyTasks(as: Float.self)
        let expected = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        let found = try DocumentEncoder(model: model, threads: threads).metaGradient(tasks, base: .all)
        #expect(found.gradients == expected.gradients)
        #expect(found.outerLoss == expected.outerLoss)
    }

    @Test func theSameDocumentGivesTheSameBytes() throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        #expect(try encode(model, documents).adapter.tensors == encode(model, documents).adapter.tensors)
    }

    @Test func microBatchesOfAnySizeAgree() throws {
        let whole = try encode(tinyModel(microBatchTokens: 1000), documents)
        #expect(whole.batches.count == 1)
        for limit in [1, 24] {
            let parts = try encode(tinyModel(microBatchTokens: limit), documents)
            #expect(parts.batches.count > 1)
            for (found, expected) in zip(parts.adapter.tensors, whole.adapter.tensors) {
                #expect(relativeError(of: found, from: expected) < 1e-5)
            }
        }
    }

    @Test func documentsLearnedSideBySideDoNotTouchEachOther() throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let together = try encode(model, documents)
        for (index, document) in documents.enumerated() {
            let alone = try encode(model, [document])
            for (found, expected) in zip(together.adapter.tensors, alone.adapter.tensors) {
                #expect(relativeError(of: found[index], from: expected[0]) < 1e-5)
            }
            for step in 0..<4 { #expect(abs(together.losses[step][index] - alone.losses[step][0]) < 1e-5) }
        }
        #expect(relativeError(of: together.adapter.tensors[0][0], from: together.adapter.tensors[0][1]) > 1e-2)
    }

    @Test func learningLowersTheLoss() throws {
        let model: MetaLearnedModel<Float> = try tinyModel(adamW: InnerLoopConfiguration().adamW, rate: 0.02)
        let losses = try encode(model, documents).losses
        #expect(losses.count == 4)
        for task in documents.indices {
            #expect(zip(losses, losses.dropFirst()).allSatisfy { $1[task] < $0[task] })
        }
    }

    @Test func aDocumentWithoutTargetsOnlyDecays() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let encoding = try DocumentEncoder(model: model).encode([[], [TokenSequence(tokens: [3])]])
        #expect(encoding.losses == [[Double]](repeating: [0, 0], count: 4))
        for (index, tensor) in encoding.adapter.tensors.enumerated() {
            let kept = model.logRates[index].scalars.reduce(1) { $0 * (1 - 0.01 * exp($1)) }
            for task in 0..<2 {
                #expect(relativeError(of: tensor[task], from: model.adapter.tensors[index][0].scaled(by: kept)) < 1e-14)
            }
        }
    }

    @Test func progressIsReportedBatchByBatch() throws {
        let seen = Mutex<[InnerLoopProgress]>([])
        let encoding = try DocumentEncoder<Float>(model: tinyModel()).encode(documents) { step in
            seen.withLock { $0.append(step) }
        }
        let expected = (0..<4).flatMap { step in
            (1...3).map {
                InnerLoopProgress(
                    step: step, steps: 4, segments: $0, losses: step == 0 ? [] : encoding.losses[step - 1])
            }
        }
        #expect(seen.withLock { $0 } == expected)
    }

    @Test(arguments: [1, 2]) func progressMayStopTheWork(_ threads: Int) throws {
        struct Stop: Error {}
        let encoder = DocumentEncoder<Float>(model: try tinyModel(), threads: threads)
        #expect(throws: Stop.self) {
            try encoder.encode(documents) { if $0.step == 1 { throw Stop() } }
        }
    }

    @Test func weightsThatOverflowAreReportedAsDivergence() throws {
        var model: MetaLearnedModel<Float> = try tinyModel()
        model.weights = model.weights.map { name, weight in
            name == "lm_head.weight" ? .dense(weight.tensor.scaled(by: 1e30).scaled(by: 1e30)) : weight
        }
        #expect(throws: EncodingDiverged(step: 0)) { try encode(model, documents) }
        // Overflow inside the model can be hidden by the normalization after it, but not from the gradients.
        model = try tinyModel()
        model.weights = model.weights.map { _, weight in .dense(weight.tensor.scaled(by: 1e30)) }
        #expect(throws: EncodingDiverged.self) { try encode(model, documents) }
    }

    @Test func ratesThatAreTooLargeAreReportedAsDivergence() throws {
        var model: MetaLearnedModel<Float> = try tinyModel(rate: 1e25)
        let failure = #expect(throws: EncodingDiverged.self) { try encode(model, documents) }
        #expect(failure?.step == 1)
        #expect(failure?.description.contains("step 2") == true)
        #expect(throws: EncodingDiverged.self) { try DocumentEncoder(model: model).metaGradient(tinyTasks()) }
        // One step that leaves the numbers' range is noticed although no loss follows it.
        model.setInnerSteps(1)
        model.logRates = Tensor(repeating: 100, shape: model.logRates.shape)
        #expect(throws: EncodingDiverged(step: 0)) { try encode(model, documents) }
    }
}
