import Autodiff
import Foundation
import LanguageModel
import Tensors

/// Encoding failed: the loss of a document became infinite or not a number.
public struct EncodingDiverged: Error, CustomStringConvertible, Equatable {
    /// The inner step, from 0, at which it happened.
    public let step: Int

    public var description: String {
        "learning the document diverged at step \(step + 1): the loss is not finite; lower the inner rates"
    }
}

/// How far an encoding has come: the inner step that is running, counted from 0, and the segments that this step has
/// reached, of each document.
public struct InnerLoopProgress: Sendable, Equatable {
    public let step, steps: Int
    public let segments: Int
    /// The loss of each document before the step that was finished last; none within the first.
    public let losses: [Double]
}

/// The inner loop: writes documents into adapters by gradient steps.
///
/// Several documents (tasks) can be learned side by side; each has an adapter of its own and is not touched by the others.
public struct DocumentEncoder<Scalar: TensorScalar>: Sendable {
    public let model: MetaLearnedModel<Scalar>
    /// The number of threads over which the micro-batches of a document are spread, and, where there are fewer of these,
    /// their products. Does not change the result.
    public let threads: Int
    /// The bytes of first results of inner steps that a meta-gradient keeps at once, so as not to compute them again.
    /// Does not change the result.
    public let keptBytes: Int

    public init(model: MetaLearnedModel<Scalar>, threads: Int = 1, keptBytes: Int = defaultKeptBytes) {
        self.model = model
        self.threads = threads
        self.keptBytes = keptBytes
    }

    /// An eighth of the machine's memory.
    public static var defaultKeptBytes: Int { Int(ProcessInfo.processInfo.physicalMemory / 8) }

    /// What the inner loop leaves behind.
    public struct Encoding: Sendable {
        /// φ_T, with a leading axis over the tasks.
        public let adapter: Adapter<Tensor<Scalar>>
        /// The loss before each step: [steps][tasks].
        public let losses: [[Double]]
        /// The trajectory, from which any step can be taken up again if the encoding was recorded.
        let trajectory: Trajectory<Scalar>
        let batches: MicroBatches
        let inputs: LayerInputs<Scalar>
        let perTarget: [Double]
        /// The results of the expensive operations of each step and micro-batch; none if they were not asked for.
        let kept: [[KeptResults<Scalar>]]
    }

    /// What the meta-gradient wants of an encoding.
    struct Recording {
        /// What of θ the second-order products go through.
        let base: TrainedBase
        /// The bytes of results that may be kept for them.
        let budget: ByteBudget
    }

    /// Learns `documents`, each given as its segments.
    ///
    /// - Throws: `EncodingDiverged`, or whatever `progress` throws to stop the work.
    public func encode(
        _ documents: [[TokenSequence]], progress: @Sendable (InnerLoopProgress) throws -> Void = { _ in }
    ) throws -> Encoding {
        try encode(documents, recording: nil, progress: progress)
    }

    /// The same; recorded, so that the meta-gradient can go back over the steps.
    func encode(
        _ documents: [[TokenSequence]], recording: Recording?,
        progress: @Sendable (InnerLoopProgress) throws -> Void = { _ in }
    ) throws -> Encoding {
        let configuration = model.innerLoop
        let batches = MicroBatches(documents, maximumTokens: model.microBatchTokens)
        let perTarget = documents.perTarget
        let inputs = try LayerInputs(of: batches, for: model, threads: threads) {
            try progress(InnerLoopProgress(step: 0, steps: configuration.steps, segments: 0, losses: []))
        }
        var trajectory = Trajectory(
            start: model.adapter.tensors.map { $0.repeatedTasks(documents.count) }, steps: configuration.steps,
            optimizer: InnerOptimizer(configuration, logRates: model.logRates),
            isKept: recording != nil)
        var losses: [[Double]] = []
        var kept: [[KeptResults<Scalar>]] = []
        for step in 0..<configuration.steps {
            let adapter = Adapter(layout: model.adapter.layout, tensors: trajectory.current.adapter)
            let results = recording.map { keptResults(of: step, batches.count, $0) } ?? []
            let known = losses.last ?? []
            let (gradients, loss) = try gradients(
                at: adapter, batches, inputs, perTarget, base: recording?.base ?? .none, kept: results
            ) { batch in
                try progress(
                    InnerLoopProgress(
                        step: step, steps: configuration.steps, segments: batches.segments(through: batch),
                        losses: known))
            }
            guard loss.allSatisfy(\.isFinite) else { throw EncodingDiverged(step: step) }
            losses.append(loss)
            kept.append(results)
            trajectory.advance(gradients)
        }
        guard trajectory.current.adapter.allSatisfy(\.isFinite) else {
            throw EncodingDiverged(step: configuration.steps - 1)
        }
        return Encoding(
            adapter: Adapter(layout: model.adapter.layout, tensors: trajectory.current.adapter), losses: losses,
            trajectory: trajectory, batches: batches, inputs: inputs, perTarget: perTarget, kept: kept)
    }

    /// Where the results of a step are kept, for each micro-batch; nowhere if its second pass is of another computation: if
    /// it is left out, or begins below the layer at which the first one begins.
    private func keptResults(of step: Int, _ batches: Int, _ recording: Recording) -> [KeptResults<Scalar>] {
        let lowest = model.adapter.layout.lowestLayer
        guard step >= model.innerLoop.truncatedSteps, lowest == 0 || recording.base.leavesAllBelow(lowest) else {
            return []
        }
        return (0..<batches).map { _ in KeptResults(budget: recording.budget) }
    }

    /// ∇_φ L_in and the loss of each task, summed over the micro-batches in their order.
    ///
    /// - Parameters:
    ///   - base: what of θ the same computation will go through when it is repeated with tangents; see `kept`.
    ///   - kept: where the results of each micro-batch are recorded; may be empty.
    private func gradients(
        at adapter: Adapter<Tensor<Scalar>>, _ batches: MicroBatches, _ inputs: LayerInputs<Scalar>,
        _ perTarget: [Double], base: TrainedBase, kept: [KeptResults<Scalar>],
        progress: @Sendable (Int) throws -> Void
    ) throws -> (gradients: [Tensor<Scalar>], losses: [Double]) {
        var gradients: [Tensor<Scalar>] = []
        var losses = [Double](repeating: 0, count: perTarget.count)
        try reduceInOrder(count: batches.count, threads: threads) { index in
            try progress(index)
            let tape = Tape<Tensor<Scalar>>(kept: kept.isEmpty ? nil : kept[index])
            let variables = adapter.map { tape.variable($0) }
            let transformer = model.training(kept.isEmpty ? .none : base) { tape.variable($0) }.transformer
            let part = Losses(model: transformer).inner(
                batches[index], from: inputs[index], adapter: variables,
                weighter: model.weighter?.map { Variable(constant: $0) }, perTarget: perTarget)
            return (tape.gradients(of: part.total, for: variables.tensors), part.perTask)
        } combine: { _, part in
            gradients.accumulate(part.0)
            for task in losses.indices { losses[task] += part.1[task] }
        }
        if gradients.isEmpty { gradients = adapter.tensors.map { Tensor(zeros: $0.shape) } }
        return (gradients, losses)
    }
}

extension Array {
    /// Adds tensors one by one; an empty array counts as zeros.
    mutating func accumulate<Scalar>(_ other: [Tensor<Scalar>]) where Element == Tensor<Scalar> {
        if isEmpty { self = other } else { for index in indices { self[index].add(other[index]) } }
    }
}

extension MetaParameters {
    /// Adds the tensors of a tree of the same form one by one; an empty tree counts as zeros.
    mutating func accumulate<Scalar>(_ other: MetaParameters) where Value == Tensor<Scalar> {
        guard !values.isEmpty else {
            self = other
            return
        }
        precondition(hasForm(of: other), "trees of different forms")
        values.accumulate(other.values)
    }
}

extension Tensor {
    /// [1, …] → [tasks, …], and [tasks, …] unchanged.
    func repeatedTasks(_ tasks: Int) -> Tensor { shape[0] == tasks ? self : self[0].repeated(tasks) }
}
