import Autodiff
import SeededRandom
import Tensors

/// Normal numbers that depend on the shape and the seed alone.
func randomTensor(_ shape: [Int], seed: UInt64) -> Tensor<Double> {
    var random = RandomSource(seed: seed)
    return Tensor(normal: shape, standardDeviation: 1, using: &random)
}

/// Random tensors of the given shapes.
func randomTensors(_ shapes: [[Int]], seed: UInt64) -> [Tensor<Double>] {
    shapes.enumerated().map { randomTensor($1, seed: seed + 100 * UInt64($0)) }
}

/// The largest difference between two lists of tensors, over the largest element of `expected`; not a number if any
/// difference is, infinite if the shapes differ or nothing is expected.
func relativeError(of found: [Tensor<Double>], from expected: [Tensor<Double>]) -> Double {
    guard found.map(\.shape) == expected.map(\.shape) else { return .infinity }
    let scale = expected.flatMap(\.scalars).reduce(0) { max($0, abs($1)) }
    guard scale > 0 else { return .infinity }
    return zip(found.flatMap(\.scalars), expected.flatMap(\.scalars)).reduce(0) { worst, pair in
        let difference = abs(pair.0 - pair.1)
        return difference <= worst || worst.isNaN ? worst : difference
    } / scale
}

/// base + distance·direction
func moved(_ base: [Tensor<Double>], along direction: [Tensor<Double>], by distance: Double) -> [Tensor<Double>] {
    zip(base, direction).map { $0 + $1.scaled(by: distance) }
}

/// The derivative at 0 of a list of tensors that depends on a number, by central differences of fourth order.
func slope(step: Double = 1e-3, _ function: (Double) -> [Tensor<Double>]) -> [Tensor<Double>] {
    let weights = [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)].map { (function($0 * step), $1 / (12 * step)) }
    var total = weights[0].0.map { Tensor<Double>(zeros: $0.shape) }
    for (values, weight) in weights {
        for index in total.indices { total[index].add(values[index], scaledBy: weight) }
    }
    return total
}
