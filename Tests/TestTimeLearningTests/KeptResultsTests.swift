import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

/// What a meta-gradient keeps of the inner steps changes its time, not one of its bits.
@Suite struct KeptResultsTests {
    static let bases: [TrainedBase] = [.none, .all, .layers([1])]

    @Test(arguments: bases, [nil, [1]])
    func keptResultsGiveTheSameBits(_ base: TrainedBase, _ layers: [Int]?) throws {
        try check(Float.self, base, layers, truncatedSteps: 0)
        try check(Double.self, base, layers, truncatedSteps: 1)
    }

    private func check<Scalar: TensorScalar>(
        _ type: Scalar.Type, _ base: TrainedBase, _ layers: [Int]?, truncatedSteps: Int
    ) throws {
        let model: MetaLearnedModel<Scalar> = try tinyModel(truncatedSteps: truncatedSteps, layers: layers)
        let tasks = tinyTasks(as: Scalar.self)
        func gradient(keptBytes: Int, threads: Int) throws -> MetaGradient<Scalar> {
            try DocumentEncoder(model: model, threads: threads, keptBytes: keptBytes).metaGradient(tasks, base: base)
        }
        let expected = try gradient(keptBytes: 0, threads: 1)
        #expect(expected.gradients.values.contains { $0.dot($0) > 0 })
        // Nothing, some of the results, or all of them.
        for (keptBytes, threads) in [(0, 2), (10_000, 1), (50_000, 3), (1 << 30, 1), (1 << 30, 2)] {
            let found = try gradient(keptBytes: keptBytes, threads: threads)
            #expect(found.gradients == expected.gradients, "\(keptBytes) bytes, \(threads) threads")
            #expect(found.outerLoss == expected.outerLoss && found.innerLosses == expected.innerLosses)
        }
    }

    @Test func budgetIsUsedAndGivenBack() throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let budget = ByteBudget(bytes: 1 << 20)
        do {
            let encoding = try DocumentEncoder(model: model).encode(
                tinyTasks(as: Float.self).map(\.segments), recording: .init(base: .none, budget: budget))
            #expect(encoding.kept.count == 4 && encoding.kept.allSatisfy { $0.count == 3 })
            #expect(!budget.take(1 << 20))
        }
        #expect(budget.take(1 << 20))
    }

    /// A truncated step has no second pass, and one that begins below the first one's layer is of another computation.
    @Test func nothingIsKeptInVain() throws {
        func kept(_ model: MetaLearnedModel<Float>, _ base: TrainedBase) throws -> [Int] {
            try DocumentEncoder(model: model).encode(
                tinyTasks(as: Float.self).map(\.segments),
                recording: .init(base: base, budget: ByteBudget(bytes: 1 << 20))
            ).kept.map(\.count)
        }
        #expect(try kept(tinyModel(truncatedSteps: 2), .none) == [0, 0, 3, 3])
        #expect(try kept(tinyModel(layers: [1]), .all) == [0, 0, 0, 0])
        #expect(try kept(tinyModel(layers: [1]), .layers([1])) == [3, 3, 3, 3])
    }
}
