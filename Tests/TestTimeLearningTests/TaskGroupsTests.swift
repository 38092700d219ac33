import Tensors
import Testing

@testable import TestTimeLearning

@Suite struct TaskGroupsTests {
    @Test func groupsOfAnySizeGiveTheSameMean() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let tasks = tinyTasks(5, as: Double.self)
        let whole = try DocumentEncoder(model: model).metaGradient(tasks, base: .all)
        for size in [1, 2, 3, 5, 9] {
            let found = try model.metaGradient(of: tasks, groupSize: size, threads: 1, base: .all)
            for (one, other) in found.gradients.zip(whole.gradients).values {
                #expect(relativeError(of: one, from: other) < 1e-10, "groups of \(size)")
            }
            #expect(abs(found.outerLoss - whole.outerLoss) < 1e-12)
            #expect(zip(found.innerLosses, whole.innerLosses).allSatisfy { abs($0 - $1) < 1e-12 })
            #expect(found.innerLosses.count == 4)
        }
    }

    @Test func theMeanIsOverTheTasks() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let tasks = tinyTasks(3, as: Double.self), encoder = DocumentEncoder(model: model)
        let together = try encoder.metaGradient(tasks, base: .all)
        let alone = try tasks.map { try encoder.metaGradient([$0], base: .all) }
        #expect(abs(together.outerLoss - alone.map(\.outerLoss).reduce(0, +) / 3) < 1e-12)
        for index in together.gradients.values.indices {
            let sum = alone[1...].reduce(alone[0].gradients.values[index]) { $0 + $1.gradients.values[index] }
            #expect(relativeError(of: together.gradients.values[index], from: sum.scaled(by: 1 / 3)) < 1e-10)
        }
    }

    @Test(arguments: [2, 3]) func threadsDoNotChangeABit(_ threads: Int) throws {
        let model: MetaLearnedModel<Float> = try tinyModel()
        let tasks = tinyTasks(5, as: Float.self)
        for size in [2, 5] {
            let one = try model.metaGradient(of: tasks, groupSize: size, threads: 1, base: .all)
            let many = try model.metaGradient(of: tasks, groupSize: size, threads: threads, base: .all)
            #expect(many.gradients == one.gradients)
            #expect(many.outerLoss == one.outerLoss && many.innerLosses == one.innerLosses)
        }
    }

    @Test func divergenceOfOneGroupIsThrown() throws {
        let model: MetaLearnedModel<Float> = try tinyModel(rate: 1e25)
        #expect(throws: EncodingDiverged(step: 1)) {
            try model.metaGradient(of: tinyTasks(4), groupSize: 2, threads: 2, base: .none)
        }
    }
}
