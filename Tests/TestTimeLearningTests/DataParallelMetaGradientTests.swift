import DataParallel
import DataParallelSupport
import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct DataParallelMetaGradientTests {
    private typealias Task = DocumentEncoder<Float>.Task

    private static func gradients(
        _ ranks: Int, of model: MetaLearnedModel<Float>, _ tasks: [Task]
    ) -> [Result<MetaGradient<Float>, any Error>] {
        ThreadCommunicator.run(ranks: ranks) { ranks in
            try model.metaGradient(of: tasks, groupSize: 2, threads: 1, base: .all, over: ranks)
        }
    }

    @Test(arguments: [(2, 4), (2, 5), (3, 5)]) func ranksFindTheMeanOverAllTasks(_ ranks: Int, _ count: Int) throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let tasks = tinyTasks(count, as: Float.self)
        let whole = try model.metaGradient(of: tasks, groupSize: 2, threads: 1, base: .all)
        for result in Self.gradients(ranks, of: model, tasks) {
            let found = try result.get()
            for (one, other) in found.gradients.zip(whole.gradients).values {
                #expect(relativeError(of: one, from: other) < 1e-5)
            }
            #expect(abs(found.outerLoss - whole.outerLoss) < 1e-5)
            #expect(zip(found.innerLosses, whole.innerLosses).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func everyRankHasTheSameBits() throws {
        let found = try Self.gradients(3, of: tinyModel(), tinyTasks(4)).map { try $0.get() }
        for other in found[1...] {
            #expect(other.gradients == found[0].gradients)
            #expect(other.outerLoss == found[0].outerLoss && other.innerLosses == found[0].innerLosses)
        }
    }

    /// With groups enough for every rank, sums in double precision round to the same gradients.
    @Test(arguments: [1, 2, 3]) func ranksRoundAsOneProcessDoes(_ ranks: Int) throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let tasks = tinyTasks(7, as: Float.self)
        let whole = try model.metaGradient(of: tasks, groupSize: 2, threads: 1, base: .all)
        let found = try ThreadCommunicator.run(ranks: ranks) { ranks in
            try model.metaGradient(of: tasks, groupSize: 2, threads: 1, base: .all, over: ranks)
        }.map { try $0.get() }
        for gradient in found {
            #expect(gradient.gradients == whole.gradients)
            #expect(abs(gradient.outerLoss - whole.outerLoss) < 1e-12)
        }
    }

    @Test func gradientsStayOwnWhereAsked() throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let tasks = tinyTasks(3, as: Float.self)
        let whole = try model.metaGradient(of: tasks, groupSize: 1, threads: 1, base: .all)
        let found = try ThreadCommunicator.run(ranks: 2) { ranks in
            let groups = MetaLearnedModel<Float>.groups(of: tasks, size: 1)
            let own = ranks.share(of: groups.count).flatMap { groups[$0] }
            return (
                try model.metaGradient(
                    of: tasks, groupSize: 1, threads: 1, base: .all, over: ranks, isAveraged: false),
                try model.metaGradient(of: own, groupSize: 1, threads: 1, base: .all)
            )
        }.map { try $0.get() }
        for (shared, alone) in found {
            #expect(shared.gradients == alone.gradients)
            #expect(abs(shared.outerLoss - whole.outerLoss) < 1e-5)
        }
        #expect(found[0].0.gradients != found[1].0.gradients)
    }

    /// The sequences differ in length, and the mean is over their tokens.
    @Test(arguments: [2, 3]) func ranksFindTheLossOfAllSequences(_ ranks: Int) throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let sequences = tinyTasks(3, as: Float.self).flatMap { $0.segments + $0.questions }
        let whole = try model.languageModellingGradient(sequences, threads: 1)
        let found = ThreadCommunicator.run(ranks: ranks) { ranks in
            try model.languageModellingGradient(sequences, threads: 1, over: ranks)
        }
        for result in found {
            let (loss, gradients) = try result.get()
            #expect(abs(loss - whole.loss) < 1e-5)
            #expect(gradients.count == whole.gradients.count)
            for (one, other) in zip(gradients, whole.gradients) {
                #expect(relativeError(of: one, from: other) < 1e-5)
            }
        }
    }

    @Test func divergenceOnOneRankIsThrownOnAll() throws {
        let found = ThreadCommunicator.run(ranks: 3) { ranks in
            try ranks.agreeing { if ranks.rank == 1 { throw EncodingDiverged(step: 2) } }
        }
        #expect(found.count == 3)
        for result in found { #expect(throws: EncodingDiverged(step: 2)) { try result.get() } }
    }

    @Test func gradientsHaveTheFormOfTheirParameters() throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let before = try DocumentEncoder(model: model).metaGradient(tinyTasks(1), base: .all).gradients
        #expect(before.map(\.shape) == model.parameters(.meta(base: .all)).map(\.shape))
        var gradients = before
        for index in gradients.values.indices { gradients.values[index].scale(by: 2) }
        #expect(gradients.base == before.base.map { $0.scaled(by: 2) })
        #expect(gradients.adapter == before.adapter.map { $0.scaled(by: 2) })
        #expect(gradients.weighter == before.weighter.map { $0.scaled(by: 2) })
        #expect(gradients.logRates == before.logRates?.scaled(by: 2))
    }
}
