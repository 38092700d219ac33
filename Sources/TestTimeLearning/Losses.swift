import Autodiff
import LanguageModel
import Tensors

/// The losses of the two loops, written forward only, for any carrier.
struct Losses<Value: Carrier> {
    let model: Llama<Value>

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
    /// - Parameter perTarget: for each task, one over the number of its targets in all batches.
    func inner(
        _ batch: TokenBatch, adapter: Adapter<Variable<Value>>, weighter: TokenWeighter<Variable<Value>>?,
        perTarget: [Double]
    ) -> Part {
        let hidden = model.hiddenStates(batch, adapter: adapter)
        let losses = crossEntropies(batch, hidden)
        guard let weighter else { return part(batch, losses, perTarget) }
        return part(batch, losses * weighter.weights(of: hidden.gatheringRows(batch.targetRows)), perTarget)
    }

    /// L_out, and the loss of plain language modelling: the mean cross-entropy of the targets.
    func outer(_ batch: TokenBatch, adapter: Adapter<Variable<Value>>?, perTarget: [Double]) -> Part {
        part(batch, crossEntropies(batch, model.hiddenStates(batch, adapter: adapter)), perTarget)
    }

    private func crossEntropies(_ batch: TokenBatch, _ hidden: Variable<Value>) -> Variable<Value> {
        model.logits(hidden.gatheringRows(batch.predictingRows)).crossEntropy(targets: batch.targets)
    }

    private func part(_ batch: TokenBatch, _ losses: Variable<Value>, _ perTarget: [Double]) -> Part {
        let factors = Tensor(batch.targetTasks.map { Value.Scalar(perTarget[$0]) }, shape: [batch.targets.count])
        var perTask = [Double](repeating: 0, count: batch.tasks)
        for (task, loss) in zip(batch.targetTasks, (losses.value.primal * factors).scalars) {
            perTask[task] += Double(loss)
        }
        return Part(total: losses.rowProducts(Variable(constant: Value(constant: factors))), perTask: perTask)
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
