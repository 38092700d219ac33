import LanguageModel
import Tensors
import Testing
import TestTimeLearning
import TinyModels

@testable import PERKModel

@Suite struct AnsweringModelTests {
    /// Models that differ in everything that the directory states.
    static let variants: [@Sendable () throws -> AnsweringModel] = [
        { try TinyModel.make() },
        {
            try TinyModel.make(
                seed: 2, rank: 3, maps: [.query, .down], weighterHiddenWidth: nil,
                innerLoop: InnerLoopConfiguration(optimizer: .sgd, steps: 3, truncatedSteps: 1, microBatchTokens: 7),
                tiedEmbeddings: false, maximumPositions: 40,
                format: TextFormat(
                    sentencesPerSegment: 2, maximumSegmentTokens: 9, prompt: "Q: \"{question}\"\n→ A/é:"))
        },
        {
            try TinyModel.make(
                innerLoop: InnerLoopConfiguration(
                    adamW: .init(beta1: 0.1, beta2: 0.7, epsilon: 3e-7, weightDecay: 0), steps: 1))
        },
    ]

    @Test(arguments: variants.indices)
    func whatWasWrittenIsRead(variant: Int) throws {
        let model = try Self.variants[variant]()
        let folder = try TemporaryFolder()
        try model.write(to: folder.path("model"))
        let read = try AnsweringModel(path: folder.path("model"))
        #expect(read.learned.configuration == model.learned.configuration)
        #expect(read.learned.innerLoop == model.learned.innerLoop)
        #expect(read.learned.baseParameters == model.learned.baseParameters)
        #expect(read.learned.adapter.layout == model.learned.adapter.layout)
        #expect(read.learned.adapter.tensors == model.learned.adapter.tensors)
        #expect(read.learned.weighter?.tensors == model.learned.weighter?.tensors)
        #expect(read.learned.logRates == model.learned.logRates)
        #expect(read.tokenizer.serialized == model.tokenizer.serialized)
        #expect(read.format == model.format)
        #expect(try read.modelDigest() == model.modelDigest())
    }

    @Test func writingReplacesTheModelThatWasThere() throws {
        let folder = try TemporaryFolder()
        for make in Self.variants {
            let model = try make()
            try model.write(to: folder.url.path)
            #expect(try AnsweringModel(path: folder.url.path).modelDigest() == model.modelDigest())
        }
    }

    @Test func sameModelHasTheSameDigest() throws {
        #expect(try TinyModel.make().modelDigest() == TinyModel.make().modelDigest())
    }

    /// Each changes one thing that decides which adapter a document becomes.
    static let changes: [@Sendable (inout AnsweringModel) -> Void] = [
        { _ in },
        { $0 = $0.mappingWeights { $0 == "model.norm.weight" ? $1.scaled(by: 1.0001) : $1 } },
        { $0 = $0.mappingWeights { $0 == "model.layers.1.mlp.up_proj.weight" ? $1.scaled(by: -1) : $1 } },
        { $0.learned.adapter.tensors[3].scale(by: 1.0001) },
        { $0.learned.weighter?.bias2 = Tensor([0.5], shape: [1]) },
        { $0.learned.weighter = nil },
        { $0.learned.logRates.scale(by: 1.0001) },
        { $0.format.sentencesPerSegment = 2 },
        { $0.format.maximumSegmentTokens = 31 },
        { $0.format.prompt = "{question} A:" },
        { $0.learned.innerLoop.optimizer = .sgd },
        { $0.learned.innerLoop.adamW.weightDecay = 0.011 },
        { $0.learned.innerLoop.microBatchTokens = 65 },
        { $0.learned.setInnerSteps(3) },
    ]

    @Test func everyChangeOfTheModelChangesTheDigest() throws {
        let digests = try Self.changes.map { change in
            var model = try TinyModel.make()
            change(&model)
            return try model.modelDigest()
        }
        #expect(Set(digests).count == Self.changes.count)
    }

    @Test func anotherLayoutOfTheAdapterChangesTheDigest() throws {
        let digests = try [
            TinyModel.make(), TinyModel.make(rank: 3), TinyModel.make(maps: [.query]), TinyModel.make(maps: [.key]),
        ].map { try $0.modelDigest() }
        #expect(Set(digests).count == 4)
    }
}
