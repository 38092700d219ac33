import Tensors

/// The path of the inner loop, kept so that any of its states can be had again, exactly.
///
/// Keeping every state would cost four adapters a step. Kept are the gradients, one adapter a step, and at most
/// `snapshotCount` whole states; a state in between is recomputed from the one before by the optimizer's arithmetic
/// alone, which gives the same bits.
struct Trajectory<Scalar: TensorScalar>: Sendable {
    static var snapshotCount: Int { 4 }

    let optimizer: InnerOptimizer<Scalar>
    private(set) var current: InnerState<Scalar>
    private var step = 0
    private(set) var gradients: [[Tensor<Scalar>]] = []
    private var snapshots: [InnerState<Scalar>] = []
    private let interval: Int
    private let isKept: Bool

    /// - Parameter isKept: whether earlier states will be asked for.
    init(start: [Tensor<Scalar>], steps: Int, optimizer: InnerOptimizer<Scalar>, isKept: Bool) {
        self.isKept = isKept
        self.optimizer = optimizer
        current = InnerState(adapter: start)
        interval = max(1, (steps + Self.snapshotCount - 1) / Self.snapshotCount)
    }

    /// Takes a step along `gradients`.
    mutating func advance(_ gradients: [Tensor<Scalar>]) {
        if isKept {
            if step % interval == 0 { snapshots.append(current) }
            self.gradients.append(gradients)
        }
        optimizer.advance(&current, gradients: gradients, step: step)
        step += 1
    }

    /// The state before `step`.
    func state(before step: Int) -> InnerState<Scalar> {
        var state = snapshots[step / interval]
        for earlier in step / interval * interval..<step {
            optimizer.advance(&state, gradients: gradients[earlier], step: earlier)
        }
        return state
    }
}
