/// Which checkpoints of a run stay when a new one has been written.
///
/// Only those at intervals count as older ones: a run that was interrupted in between, which wrote one more, is left
/// with the same checkpoints as a run that was not.
struct CheckpointRetention {
    /// How many of the newest stay, the new one among them.
    var newest = 1
    /// The number of steps between two checkpoints.
    var interval = 1

    /// The steps, of those in `steps`, whose checkpoints stay beside the new one at `step` and the best one.
    ///
    /// Later steps than the new one belong to an end that the run was not resumed from.
    func kept(of steps: some Sequence<Int>, at step: Int, best: Int?) -> Set<Int> {
        let older = steps.filter { $0 < step && $0.isMultiple(of: interval) }.sorted(by: >)
        return Set(older.prefix(newest - 1) + [step] + (best.map { [$0] } ?? []))
    }
}
