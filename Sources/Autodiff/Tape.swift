import Tensors

/// The record of a computation, read backwards to give gradients.
///
/// A tape serves one computation on one thread. Operations on variables that need no gradient leave no trace, so the
/// same model code serves training and inference.
public final class Tape<Value: Carrier> {
    typealias Pullback = (Value, inout Gradients<Value>) -> Void

    private var pullbacks: [Pullback?] = []
    fileprivate let kept: KeptResults<Value.Scalar>?

    /// - Parameter kept: where the values of expensive operations are recorded, or taken from.
    public init(kept: KeptResults<Value.Scalar>? = nil) { self.kept = kept }

    /// A variable whose gradient will be asked for.
    public func variable(_ value: Value) -> Variable<Value> {
        Variable(value: value, tape: self, slot: appendSlot(nil))
    }

    fileprivate func appendSlot(_ pullback: Pullback?) -> Slot {
        pullbacks.append(pullback)
        return Slot(index: pullbacks.count - 1)
    }

    /// The gradients of a scalar `loss` with respect to `variables`; zeros where it does not depend on one.
    ///
    /// Consumes the tape: each step's memory is freed as soon as it has been passed.
    ///
    /// - Parameter values: whether the caller reads the gradients' values; otherwise only what else they carry.
    public func gradients(
        of loss: Variable<Value>, for variables: [Variable<Value>], readingValues values: Bool = true
    ) -> [Value] {
        precondition(loss.value.primal.count == 1, "gradients of a scalar only")
        let wanted = Set(variables.compactMap(\.slot.index))
        let leaves = pullbacks.indices.filter { pullbacks[$0] == nil }
        var gradients = Gradients<Value>(
            wanted: wanted, unwanted: Set(leaves).subtracting(wanted), readsValues: values, kept: kept)
        gradients.add(Value(constant: Tensor(repeating: 1, shape: loss.value.shape)), to: loss.slot)
        while let pullback = pullbacks.popLast() {
            guard let pullback, let cotangent = gradients.takeCotangent(at: pullbacks.count) else { continue }
            pullback(cotangent, &gradients)
        }
        return variables.map { variable in
            variable.slot.index.flatMap { gradients.values[$0] } ?? Value(constant: Tensor(zeros: variable.value.shape))
        }
    }
}

/// Where the gradient of a variable is gathered: nowhere for a constant.
///
/// A pullback captures the slots of its inputs rather than the inputs, so that values it does not need are freed.
struct Slot {
    fileprivate let index: Int?

    /// Of a constant.
    static let none = Slot(index: nil)
}

/// The cotangents gathered so far on the way back through a tape.
struct Gradients<Value: Carrier> {
    fileprivate var values: [Int: Value] = [:]
    /// The variables whose gradients are asked for, and the other variables.
    private let wanted, unwanted: Set<Int>
    private let readsValues: Bool
    private let kept: KeptResults<Value.Scalar>?

    fileprivate init(wanted: Set<Int>, unwanted: Set<Int>, readsValues: Bool, kept: KeptResults<Value.Scalar>?) {
        (self.wanted, self.unwanted, self.readsValues, self.kept) = (wanted, unwanted, readsValues, kept)
    }

    /// Whether anything depends on this gradient.
    func wants(_ slot: Slot) -> Bool { slot.index.map { !unwanted.contains($0) } ?? false }

    /// Adds to a gradient; `cotangent` is computed only if the gradient is wanted.
    mutating func add(_ cotangent: @autoclosure () -> Value, to slot: Slot) {
        guard let index = slot.index, wants(slot) else { return }
        if values[index] == nil { values[index] = cotangent() } else { values[index]?.add(cotangent()) }
    }

    /// The result of an expensive operation on the way back; see `KeptResults`.
    func kept(_ compute: (KnownValue<Value.Scalar>) -> Value) -> Value { kept?.result(compute) ?? compute(.none) }

    /// Adds the result of an expensive operation to a gradient, of which the operation is told whether anyone reads it.
    mutating func add(to slot: Slot, _ cotangent: (KnownValue<Value.Scalar>) -> Value) {
        let isUnread = !readsValues && (slot.index.map(wanted.contains) ?? false)
        add(cotangent(isUnread ? .unread : .none), to: slot)
    }

    fileprivate mutating func takeCotangent(at slot: Int) -> Value? {
        wanted.contains(slot) ? values[slot] : values.removeValue(forKey: slot)
    }
}

/// A value in a computation: a constant, or something whose gradient is wanted.
public struct Variable<Value: Carrier> {
    public let value: Value
    private let tape: Tape<Value>?
    let slot: Slot

    fileprivate init(value: Value, tape: Tape<Value>?, slot: Slot) {
        self.value = value
        self.tape = tape
        self.slot = slot
    }

    /// A value that no gradient flows to.
    public init(constant: Value) { self.init(value: constant, tape: nil, slot: .none) }

    /// Whether a gradient flows to it.
    var isConstant: Bool { slot.index == nil }

    /// The result of an expensive operation on this variable and others; see `KeptResults`.
    func kept(
        with others: [Variable] = [], compute: (KnownValue<Value.Scalar>) -> Value
    ) -> Value {
        guard let kept = ([self] + others).lazy.compactMap({ $0.tape }).first?.kept else { return compute(.none) }
        return kept.result(compute)
    }

    /// The result of an operation on `inputs`: recorded if one of them needs a gradient.
    ///
    /// `pullback` receives the cotangent of the result and adds to those of the inputs.
    static func result(
        _ value: Value, of inputs: [Variable], pullback: @escaping (Value, inout Gradients<Value>) -> Void
    ) -> Variable {
        guard let tape = inputs.lazy.compactMap({ $0.tape }).first else { return Variable(constant: value) }
        return Variable(value: value, tape: tape, slot: tape.appendSlot(pullback))
    }
}
