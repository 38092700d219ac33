import CKernels

/// A scalar function with two derivatives, applied to each element.
public enum ScalarFunction: Sendable, Equatable {
    /// x·sigmoid(x)
    case silu
    /// x·Φ(x), by the error function
    case gelu
    /// x·(1 + tanh(√(2/π)·(x + 0.044715x³)))/2, the form of GPT-2
    case geluTanh
    /// log(1 + exp(βx)) / β
    case softplus(beta: Double)
    /// 1 / (1 + exp(-x))
    case sigmoid
    /// exp(x)
    case exponential
    /// (x + ε)^(-1/2)
    case reciprocalRoot(epsilon: Double)

    fileprivate var kernel: (perk_function, Double) {
        switch self {
        case .silu: (perk_function_silu, 0)
        case .gelu: (perk_function_gelu, 0)
        case .geluTanh: (perk_function_gelu_tanh, 0)
        case .softplus(let beta): (perk_function_softplus, beta)
        case .sigmoid: (perk_function_sigmoid, 0)
        case .exponential: (perk_function_exponential, 0)
        case .reciprocalRoot(let epsilon): (perk_function_reciprocal_root, epsilon)
        }
    }
}

// Every kernel below touches `count` elements of tensors whose counts were just compared, so stays within bounds.
extension Tensor {
    public static func + (left: Tensor, right: Tensor) -> Tensor { zip(left, right, Scalar.kernels.add) }
    public static func - (left: Tensor, right: Tensor) -> Tensor { zip(left, right, Scalar.kernels.subtract) }
    /// The elementwise product.
    public static func * (left: Tensor, right: Tensor) -> Tensor { zip(left, right, Scalar.kernels.multiply) }

    private static func zip(
        _ left: Tensor, _ right: Tensor,
        _ kernel: (Int, Kernels<Scalar>.Source, Kernels<Scalar>.Source, Kernels<Scalar>.Target) -> Void
    ) -> Tensor {
        precondition(left.shape == right.shape, "shapes \(left.shape) and \(right.shape)")
        let result = Tensor(uninitialized: left.shape)
        forEachRun(of: left.count) { first, count in
            kernel(count, left.start + first, right.start + first, result.start + first)
        }
        return result
    }

    /// Every element times `factor`.
    public func scaled(by factor: Scalar) -> Tensor {
        let result = Tensor(uninitialized: shape)
        forEachRun(of: count) { Scalar.kernels.scale($1, start + $0, factor, result.start + $0) }
        return result
    }

    /// Adds `other` in place.
    public mutating func add(_ other: Tensor) {
        precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
        // A sum elsewhere is cheaper than a copy and a sum in place.
        guard isUnique else {
            self = self + other
            return
        }
        Scalar.kernels.add(count, start, other.start, start)
    }

    /// Adds `factor`·`other` in place.
    public mutating func add(_ other: Tensor, scaledBy factor: Scalar) {
        precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
        makeUnique()
        Scalar.kernels.addScaled(count, other.start, factor, start)
    }

    /// Adds the elementwise product of `left` and `right` in place.
    public mutating func add(productOf left: Tensor, _ right: Tensor) {
        precondition(shape == left.shape && shape == right.shape, "shapes \(shape), \(left.shape), \(right.shape)")
        makeUnique()
        Scalar.kernels.multiplyAdd(count, left.start, right.start, start)
    }

    /// Multiplies every element by `factor` in place.
    public mutating func scale(by factor: Scalar) {
        makeUnique()
        Scalar.kernels.scale(count, start, factor, start)
    }

    /// The `order`-th derivative (0, 1 or 2) of `function` at each element.
    public func mapped(_ function: ScalarFunction, order: Int = 0) -> Tensor {
        precondition((0...2).contains(order), "derivatives up to the second are known")
        let result = Tensor(uninitialized: shape)
        let (kernel, parameter) = function.kernel
        forEachRun(of: count) {
            Scalar.kernels.map(kernel, Int32(order), Scalar(parameter), $1, start + $0, result.start + $0)
        }
        return result
    }

    /// The inner product of all elements, summed in double precision.
    public func dot(_ other: Tensor) -> Double {
        precondition(shape == other.shape, "shapes \(shape) and \(other.shape)")
        return Scalar.kernels.dot(count, start, other.start)
    }

    /// Whether every element is finite (and, in Double, small enough to be squared).
    public var isFinite: Bool { dot(self).isFinite }
}

/// Calls `body` with the first row and the number of rows of runs of a matrix, spread over threads where it is large.
func forEachRun(of rows: Int, width: Int = 1, _ body: (_ first: Int, _ count: Int) -> Void) {
    // Enough elements for the work to outweigh its distribution by far.
    let rowsAtOnce = max(1, (1 << 15) / max(1, width))
    guard rows > rowsAtOnce, ThreadBudget.current > 1 else { return body(0, rows) }
    WorkerTeam.run(parts: (rows + rowsAtOnce - 1) / rowsAtOnce) { part in
        body(part * rowsAtOnce, min(rowsAtOnce, rows - part * rowsAtOnce))
    }
}
