import Foundation
import Tensors
import Testing

@Suite struct ScalarFunctionTests {
    static let functions: [ScalarFunction] = [
        .silu, .gelu, .geluTanh, .softplus(beta: 3), .softplus(beta: 1), .sigmoid, .exponential,
        .reciprocalRoot(epsilon: 1e-3),
    ]

    /// What `function` is at `x`, from the mathematical library.
    private static func value(_ function: ScalarFunction, at x: Double) -> Double {
        switch function {
        case .silu: x / (1 + exp(-x))
        case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
        case .geluTanh: x * 0.5 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .softplus(let beta): log(1 + exp(beta * x)) / beta
        case .sigmoid: 0.5 * (1 + tanh(x / 2))
        case .exponential: exp(x)
        case .reciprocalRoot(let epsilon): 1 / (x + epsilon).squareRoot()
        }
    }

    private static func arguments(_ function: ScalarFunction, upTo bound: Double) -> [Double] {
        let numbers = stride(from: -bound, through: bound, by: bound / 400)
        return function == .reciprocalRoot(epsilon: 1e-3) ? numbers.map { abs($0) + 0.01 } : Array(numbers)
    }

    private static func mapped<Scalar: TensorScalar>(
        _ function: ScalarFunction, order: Int = 0, _ x: [Double], _ type: Scalar.Type
    ) -> [Double] {
        Tensor(x.map { Scalar($0) }, shape: [x.count]).mapped(function, order: order).scalars.map { Double($0) }
    }

    @Test(arguments: functions) func valuesFollowTheDefinition(_ function: ScalarFunction) {
        let x = Self.arguments(function, upTo: 5)
        let expected = x.map { Self.value(function, at: $0) }
        #expect(error(of: Self.mapped(function, x, Double.self), from: expected) < 1e-14)
        #expect(error(of: Self.mapped(function, x, Float.self), from: expected) < 1e-6)
    }

    @Test(arguments: functions, [1, 2]) func derivativesAreSlopes(_ function: ScalarFunction, _ order: Int) {
        let x = Self.arguments(function, upTo: 5)
        // Where the root is steep, a step must be short against the distance from its pole.
        let step = function == .reciprocalRoot(epsilon: 1e-3) ? 1e-5 : 1e-3
        let expected = x.map { x in
            slope(at: x, step: step) { Self.mapped(function, order: order - 1, [$0], Double.self)[0] }
        }
        #expect(error(of: Self.mapped(function, order: order, x, Double.self), from: expected) < 1e-9)
        #expect(error(of: Self.mapped(function, order: order, x, Float.self), from: expected) < 3e-6)
    }

    /// The exponential in single precision is this library's own.
    @Test func siluInSinglePrecisionFollowsDoubleOverAWideRange() {
        let x = stride(from: Float(-100), through: 100, by: 0.015625).map { Double($0) }
        for order in 0...2 {
            let found = Self.mapped(.silu, order: order, x, Float.self)
            let expected = Self.mapped(.silu, order: order, x, Double.self)
            let wrong = x.indices.filter { index in
                // A derivative is a difference of terms of the size of 1. Below -87 the exponential stands still, at a
                // height where silu is not far from the least normal number.
                let tolerance = order == 0 ? 1e-6 * abs(expected[index]) + 1e-35 : 2e-6
                return !(abs(found[index] - expected[index]) <= tolerance)
            }
            #expect(wrong.map { x[$0] } == [], "order \(order)")
        }
    }

    @Test func extremesNeitherOverflowNorVanish() {
        func check<Scalar: TensorScalar>(_ type: Scalar.Type) {
            #expect(Self.mapped(.softplus(beta: 3), [-1e4, 1e4], type) == [0, 1e4])
            #expect(Self.mapped(.softplus(beta: 3), order: 1, [-1e4, 1e4], type) == [0, 1])
            #expect(Self.mapped(.softplus(beta: 3), order: 2, [-1e4, 1e4], type) == [0, 0])
            #expect(Self.mapped(.sigmoid, [-1e4, 1e4], type) == [0, 1])
            #expect(Self.mapped(.sigmoid, order: 1, [-1e4, 1e4], type) == [0, 0])
            #expect(Self.mapped(.exponential, [-1e4, 1e4], type) == [0, .infinity])
            #expect(Self.mapped(.gelu, [-1e3, 1e3], type) == [0, 1e3])
            #expect(Self.mapped(.gelu, order: 1, [-1e3, 1e3], type) == [0, 1])
            #expect(Self.mapped(.silu, [1e4], type) == [1e4])
            #expect(Self.mapped(.silu, order: 1, [1e4], type) == [1])
            #expect(abs(Self.mapped(.silu, [-1e4], type)[0]) < 1e-30)
        }
        check(Double.self)
        check(Float.self)
    }

    @Test(arguments: functions, 0...2) func notANumberStaysOne(_ function: ScalarFunction, _ order: Int) {
        // Long enough for the vector part of a loop and for what is left over.
        let x = (0..<37).map { $0 % 5 == 2 ? Double.nan : 1 }
        let pattern = x.map(\.isNaN)
        #expect(Self.mapped(function, order: order, x, Double.self).map(\.isNaN) == pattern)
        #expect(Self.mapped(function, order: order, x, Float.self).map(\.isNaN) == pattern)
    }
}

@Suite struct GatedUnitTests {
    private let tensors: [Tensor<Double>] = (1...6).map { randomTensor([3, 37], seed: $0) }

    /// The passes of their own against products of silu and its derivatives.
    @Test func onePassGivesWhatThePlainFormGives() {
        let (u, g, y, du, dg, dy) = (tensors[0], tensors[1], tensors[2], tensors[3], tensors[4], tensors[5])
        let silu = (0...2).map { g.mapped(.silu, order: $0) }
        #expect(error(of: u.gated(by: g), from: silu[0] * u) < 1e-14)
        let tangent = u.gatedTangent(gate: g, gateTangent: dg, tangent: du)
        #expect(error(of: tangent, from: silu[0] * du + silu[1] * u * dg) < 1e-14)
        let pullback = u.gatedPullback(gate: g, y)
        #expect(error(of: pullback.value, from: y * silu[0]) < 1e-14)
        #expect(error(of: pullback.gate, from: y * u * silu[1]) < 1e-14)
        let second = u.gatedPullbackTangent(gate: g, y, gateTangent: dg, tangent: du, cotangentTangent: dy)
        #expect(error(of: second.value, from: dy * silu[0] + y * silu[1] * dg) < 1e-14)
        #expect(error(of: second.gate, from: (dy * u + y * du) * silu[1] + y * u * silu[2] * dg) < 1e-14)
        let floats = tensors.map { $0.converted(to: Float.self) }
        let single = floats[0].gatedPullbackTangent(
            gate: floats[1], floats[2], gateTangent: floats[4], tangent: floats[3], cotangentTangent: floats[5])
        #expect(error(of: single.gate, from: second.gate.converted()) < 1e-6)
        #expect(error(of: single.value, from: second.value.converted()) < 1e-6)
    }
}
