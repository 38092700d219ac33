import Autodiff
import LanguageModel
import Tensors

/// The losses of the two loops, written forward only, for any carrier.
struct Losses<Value: Carrier> {
    let model: Transformer<Value>
    /// The most logits that are held at once where the head is trained: the targets are taken in runs of so many.
    var logitsAtOnce = 1 << 23

    /// What a batch adds to a loss, and to the losses of its tasks.
    struct Part {
        let total: Variable<Value>
        let perTask: [Double]
    }

    /// L_in: cross-entropy of the targets, weighted token by token; without a weighter, its plain mean.
    ///
    /// Each target counts with the weight that the weighter gives to the hidden state of the target token itself, over
    /// the number of targets in its task's whole document.
    ///
    /// - Parameters:
    ///   - input: what enters the lowest adapted layer, where it is known.
    ///   - perTarget: for each task, one over the number of its targets in all batches.
    func inner(
        _ batch: TokenBatch, from input: LayerInput<Value>? = nil, adapter: Adapter<Variable<Value>>,
        weighter: TokenWeighter<Variable<Value>>?, perTarget: [Double]
    ) -> Part {
        let hidden = model.hiddenStates(batch, from: input, adapter: adapter)
        let rows = batch.targetRows
        let weights = weighter?.weights(
            of: hidden.gatheringRows(rows), segments: rows.map { $0 / Int32(batch.tokens) })
        return part(batch, hidden, weights: weights, perTarget)
    }

    /// L_out, and the loss of plain language modelling: the mean cross-entropy of the targets.
    func outer(_ batch: TokenBatch, adapter: Adapter<Variable<Value>>?, perTarget: [Double]) -> Part {
        part(batch, model.hiddenStates(batch, adapter: adapter), weights: nil, perTarget)
    }

    /// - Parameter weights: of each target: [targets]; `nil` where all count the same.
    private func part(
        _ batch: TokenBatch, _ hidden: Variable<Value>, weights: Variable<Value>?, _ perTarget: [Double]
    ) -> Part {
        var perTask = [Double](repeating: 0, count: batch.tasks)
        var total = Variable(constant: Value(constant: Tensor(scalar: 0)))
        let run = model.trainsHead ? max(1, logitsAtOnce / model.configuration.vocabularySize) : batch.targets.count
        for start in stride(from: 0, to: batch.targets.count, by: max(1, run)) {
            let targets = start..<min(start + run, batch.targets.count)
            let plain = model.crossEntropies(
                hidden.gatheringRows(Array(batch.predictingRows[targets])), targets: Array(batch.targets[targets]))
            let losses = weights.map { plain * $0.run(targets) } ?? plain
            let tasks = batch.targetTasks[targets]
            let factors = Tensor(tasks.map { Value.Scalar(perTarget[$0]) }, shape: [targets.count])
            for (task, loss) in zip(tasks, (losses.value.primal * factors).scalars) { perTask[task] += Double(loss) }
            let sum = losses.rowProducts(Variable(constant: Value(constant: factors)))
            total = start == 0 ? sum : total + sum
        }
        return Part(total: total, perTask: perTask)
    }
}

extension Variable {
    /// A run of the elements of a vector.
    fileprivate func run(_ range: Range<Int>) -> Variable {
        let count = value.primal.count
        guard range != 0..<count else { return self }
        return reshaped([count, 1]).gatheringRows(range.map(Int32.init)).reshaped([range.count])
    }
}

extension [[TokenSequence]] {
    /// For each task, one over the number of its targets; zero for a task without any.
    var perTarget: [Double] {
        map { task in
            let count = task.reduce(0) { $0 + $1.targetCount }
            return count == 0 ? 0 : 1 / Double(count)
        }
    }
}
