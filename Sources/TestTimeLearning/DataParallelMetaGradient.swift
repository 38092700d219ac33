import DataParallel
import LanguageModel
import Tensors

extension MetaLearnedModel {
    /// The mean meta-gradient of many tasks, shared out among ranks that all have this model: the same on each of them.
    /// `groupSize` tasks share a pass over the model, and the groups are spread over `threads`, whose number does not change
    /// the result.
    ///
    /// It is that of one process, hardly ever with a bit of difference, where a step has at least as many groups as there
    /// are ranks; with fewer, groups are made smaller, and the model's products round otherwise.
    ///
    /// The gradients are added up once all of this rank's are there. To begin with those of one group of tasks while
    /// the next is at work sends every number once for each group: with 12.5 million numbers on two processes of one
    /// machine that took 1.8 s a step instead of 1.6 s. Slow networks are better served by averaging less often.
    ///
    /// - Parameters:
    ///   - tasks: all of the tasks, no fewer than there are ranks; each rank takes its share.
    ///   - keptBytes: see `DocumentEncoder`; of this rank.
    ///   - isAveraged: whether gradients are averaged as losses are; otherwise a rank has the mean over its share.
    /// - Throws: `EncodingDiverged` on every rank, if learning diverged on any; what the communicator throws.
    public func metaGradient(
        of tasks: [DocumentEncoder<Scalar>.Task], groupSize: Int, threads: Int, base: TrainedBase,
        keptBytes: Int = DocumentEncoder<Scalar>.defaultKeptBytes, over ranks: any Communicator = SingleProcess(),
        isAveraged: Bool = true
    ) throws -> MetaGradient<Scalar> {
        precondition(tasks.count >= ranks.size && groupSize >= 1, "less work than ranks, or groups of none")
        let groups = Self.groups(of: tasks, size: min(groupSize, tasks.count / ranks.size))
        let own = ranks.share(of: groups.count).map { groups[$0] }
        var sum = try ranks.agreeing {
            try metaGradientSum(of: own, threads: threads, base: base, keptBytes: keptBytes)
        }
        var losses = [sum.outerLoss] + sum.innerLosses
        try ranks.sum(&losses)
        if isAveraged { try ranks.sum(&sum.gradients.values) }
        sum.scale(by: 1 / Double(isAveraged ? tasks.count : own.reduce(0) { $0 + $1.count }))
        losses = losses.map { $0 / Double(tasks.count) }
        (sum.outerLoss, sum.innerLosses) = (losses[0], Array(losses[1...]))
        return sum.converted()
    }

    /// The mean loss of plain language modelling and its gradients, shared out in the same way: over all sequences, no
    /// fewer than there are ranks.
    public func languageModellingGradient(
        _ sequences: [TokenSequence], threads: Int, over ranks: any Communicator, isAveraged: Bool = true
    ) throws -> (loss: Double, gradients: [Tensor<Scalar>]) {
        let own = ranks.share(of: sequences) { $0.tokens.count }
        var (loss, gradients) = try languageModellingGradient(own, threads: threads)
        guard ranks.size > 1 else { return (loss, gradients) }
        // The mean is one over targets, not over sequences.
        func targets(_ sequences: [TokenSequence]) -> Int { sequences.reduce(0) { $0 + $1.targetCount } }
        let part = Double(targets(own)) / Double(max(1, targets(sequences)))
        var losses = [loss * part]
        try ranks.sum(&losses)
        loss = losses[0]
        if isAveraged {
            gradients = gradients.map { $0.scaled(by: Scalar(part)) }
            try ranks.sum(&gradients)
        }
        return (loss, gradients)
    }
}

extension Communicator {
    fileprivate func share<Work>(of work: [Work], cost: (Work) -> Int) -> [Work] {
        precondition(work.count >= size, "less work than ranks")
        guard size > 1 else { return work }
        let sorted = work.sorted { cost($0) > cost($1) }
        return share(of: sorted.count).map { sorted[$0] }
    }

    /// What `encoding` gives, unless learning diverges on one of the ranks: then every rank throws the same.
    ///
    /// - Throws: `EncodingDiverged`; what the communicator throws, and what else `encoding` does, on this rank alone.
    public func agreeing<Output>(_ encoding: () throws -> Output) throws -> Output {
        let result: Result<Output, EncodingDiverged>
        do { result = .success(try encoding()) } catch let error as EncodingDiverged { result = .failure(error) }
        guard size > 1 else { return try result.get() }
        // A place for each rank: the step at which it diverged, counted from 1.
        var divergences = [Double](repeating: 0, count: size)
        if case .failure(let error) = result { divergences[rank] = Double(error.step + 1) }
        try sum(&divergences)
        if let first = divergences.first(where: { $0 > 0 }) { throw EncodingDiverged(step: Int(first) - 1) }
        return try result.get()
    }
}
