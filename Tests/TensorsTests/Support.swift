import SeededRandom
import Tensors
import Testing

/// Normal numbers that depend on the shape and the seed alone.
func randomTensor<Scalar: TensorScalar>(
    _ shape: [Int], seed: UInt64, as type: Scalar.Type = Scalar.self
) -> Tensor<Scalar> {
    var random = RandomSource(seed: seed)
    return Tensor(normal: shape, standardDeviation: 1, using: &random)
}

/// The largest difference between two tensors' elements, over the largest element of `expected` (or 1 if that is
/// smaller); not a number if any difference is, infinite if the shapes differ.
func error<Scalar>(of found: Tensor<Scalar>, from expected: Tensor<Scalar>) -> Double {
    guard found.shape == expected.shape else { return .infinity }
    return error(of: found.scalars.map { Double($0) }, from: expected.scalars.map { Double($0) })
}

func error(of found: [Double], from expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.reduce(1) { max($0, abs($1)) }
    // A difference that is not a number fails the comparison with what precedes it, and so is kept.
    return zip(found, expected).reduce(0) { worst, pair in
        let difference = abs(pair.0 - pair.1)
        return difference <= worst || worst.isNaN ? worst : difference
    } / scale
}

/// The derivative of `function` at `x` by central differences of fourth order.
func slope(at x: Double, step: Double = 1e-3, _ function: (Double) -> Double) -> Double {
    (8 * (function(x + step) - function(x - step)) - (function(x + 2 * step) - function(x - 2 * step))) / (12 * step)
}

/// The gradient of `function` at `x`, element by element.
func gradient(at x: Tensor<Double>, _ function: (Tensor<Double>) -> Double) -> Tensor<Double> {
    let scalars = x.scalars
    return Tensor(
        scalars.indices.map { index in
            slope(at: scalars[index]) { moved in
                var other = scalars
                other[index] = moved
                return function(Tensor(other, shape: x.shape))
            }
        }, shape: x.shape)
}
