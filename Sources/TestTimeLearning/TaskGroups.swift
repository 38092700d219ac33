import LanguageModel
import Tensors

extension MetaLearnedModel {
    /// Groups of tasks of like size, the largest first, so that little is padded and threads end together.
    static func groups(
        of tasks: [DocumentEncoder<Scalar>.Task], size: Int
    ) -> [[DocumentEncoder<Scalar>.Task]] {
        let sorted = tasks.sorted { $0.segments.count > $1.segments.count }
        return stride(from: 0, to: sorted.count, by: size).map { Array(sorted[$0..<min($0 + size, sorted.count)]) }
    }

    /// The sum of the meta-gradients of all tasks.
    ///
    /// It is added up in double precision: in which order, and by how many processes, then hardly ever shows in a result
    /// of single precision, which a steep inner optimizer would blow up to another course of training.
    ///
    /// - Throws: `EncodingDiverged`.
    func metaGradientSum(
        of groups: [[DocumentEncoder<Scalar>.Task]], threads: Int, base: TrainedBase, keptBytes: Int
    ) throws -> MetaGradient<Double> {
        let atOnce = max(1, min(groups.count, threads))
        let encoder = DocumentEncoder(
            model: self, threads: groups.count > 1 ? 1 : threads, keptBytes: keptBytes / atOnce)
        var total: MetaGradient<Double>?
        try reduceInOrder(count: groups.count, threads: threads) { index in
            try encoder.metaGradient(groups[index], base: base)
        } combine: { index, gradient in
            var wide: MetaGradient<Double> = gradient.converted()
            wide.scale(by: Double(groups[index].count))
            if total == nil { total = wide } else { total?.add(wide) }
        }
        guard let total else { preconditionFailure("no group was summed") }
        return total
    }
}

extension MetaGradient {
    /// The same gradient in another precision.
    func converted<Other: TensorScalar>() -> MetaGradient<Other> {
        MetaGradient<Other>(
            gradients: gradients.map { $0.converted() }, outerLoss: outerLoss, innerLosses: innerLosses)
    }

    mutating func scale(by factor: Double) {
        for index in gradients.values.indices { gradients.values[index].scale(by: Scalar(factor)) }
        outerLoss *= factor
        innerLosses = innerLosses.map { $0 * factor }
    }

    fileprivate mutating func add(_ other: MetaGradient) {
        gradients.accumulate(other.gradients)
        outerLoss += other.outerLoss
        for step in innerLosses.indices { innerLosses[step] += other.innerLosses[step] }
    }
}
