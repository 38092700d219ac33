import LanguageModel
import Tensors

extension MetaLearnedModel {
    /// The mean meta-gradient of many tasks: `groupSize` tasks share a pass over the model, and the groups are spread
    /// over `threads`. The result does not depend on the number of threads.
    ///
    /// - Throws: `EncodingDiverged`.
    public func metaGradient(
        of tasks: [DocumentEncoder<Scalar>.Task], groupSize: Int, threads: Int, base: TrainedBase
    ) throws -> MetaGradient<Scalar> {
        precondition(!tasks.isEmpty && groupSize >= 1, "no tasks, or groups of none")
        // Tasks of like size share a group, the largest first, so that little is padded and the threads end together.
        let sorted = tasks.sorted { $0.segments.count > $1.segments.count }
        let groups = stride(from: 0, to: sorted.count, by: groupSize).map {
            Array(sorted[$0..<min($0 + groupSize, sorted.count)])
        }
        let encoder = DocumentEncoder(model: self, threads: groups.count > 1 ? 1 : threads)
        var total: MetaGradient<Scalar>?
        try reduceInOrder(count: groups.count, threads: threads) { index in
            var gradient = try encoder.metaGradient(groups[index], base: base)
            gradient.scale(by: Double(groups[index].count) / Double(tasks.count))
            return gradient
        } combine: { _, gradient in
            if total == nil { total = gradient } else { total?.add(gradient) }
        }
        guard let total else { preconditionFailure("no group was summed") }
        return total
    }
}

extension MetaGradient {
    fileprivate mutating func scale(by factor: Double) {
        func scale(_ tensors: inout [Tensor<Scalar>]) {
            for index in tensors.indices { tensors[index].scale(by: Scalar(factor)) }
        }
        scale(&adapter)
        scale(&weighter)
        scale(&base)
        logRates.scale(by: Scalar(factor))
        outerLoss *= factor
        innerLosses = innerLosses.map { $0 * factor }
    }

    fileprivate mutating func add(_ other: MetaGradient) {
        adapter.accumulate(other.adapter)
        weighter.accumulate(other.weighter)
        base.accumulate(other.base)
        logRates.add(other.logRates)
        outerLoss += other.outerLoss
        for step in innerLosses.indices { innerLosses[step] += other.innerLosses[step] }
    }
}
