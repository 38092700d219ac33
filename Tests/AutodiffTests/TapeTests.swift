@testable import Autodiff
import Tensors
import Testing

@Suite struct TapeTests {
    private typealias Number = Variable<Tensor<Double>>

    private final class Trace {}

    private let x = randomTensor([3], seed: 1)

    @Test func constantsLeaveNoTrace() {
        weak var recorded: Trace?
        let result = {
            let trace = Trace()
            recorded = trace
            return Number.result(x, of: [Number(constant: x)]) { _, _ in _ = trace }
        }()
        #expect(recorded == nil)
        #expect(result.value == x)
    }

    @Test func aVariablesTraceIsFreedOnTheWayBack() {
        let tape = Tape<Tensor<Double>>()
        let variable = tape.variable(x)
        let slot = variable.slot
        weak var recorded: Trace?
        let result = {
            let trace = Trace()
            recorded = trace
            return Number.result(x, of: [Number(constant: x), variable]) { dy, gradients in
                _ = trace
                gradients.add(dy, to: slot)
            }
        }()
        #expect(recorded != nil)
        let gradients = tape.gradients(of: result.rowProducts(Number(constant: x)), for: [variable])
        #expect(gradients == [x])
        #expect(recorded == nil)
    }

    @Test func usesOfAVariableAddUp() {
        let tape = Tape<Tensor<Double>>()
        let variable = tape.variable(x)
        let square = variable * variable
        // ⟨x² + x, x⟩ = Σ x³ + x²
        let gradients = tape.gradients(of: (square + variable).rowProducts(variable), for: [variable, variable])
        let expected = Tensor(x.scalars.map { 3 * $0 * $0 + 2 * $0 }, shape: [3])
        #expect(relativeError(of: gradients, from: [expected, expected]) < 1e-14)
    }

    @Test func gradientsOfIntermediateResultsAreGiven() {
        let tape = Tape<Tensor<Double>>()
        let variable = tape.variable(x)
        let square = variable * variable
        let gradients = tape.gradients(of: square.rowProducts(square), for: [square, variable])
        let expected = [x.scalars.map { 2 * $0 * $0 }, x.scalars.map { 4 * $0 * $0 * $0 }].map {
            Tensor($0, shape: [3])
        }
        #expect(relativeError(of: gradients, from: expected) < 1e-14)
    }

    @Test func whatTheLossDoesNotDependOnHasAZeroGradient() {
        let tape = Tape<Tensor<Double>>()
        let used = tape.variable(x), unused = tape.variable(randomTensor([2, 2], seed: 2))
        let sidetracked = used * used
        let constant = Number(constant: x)
        let gradients = tape.gradients(of: used.rowProducts(constant), for: [unused, used, sidetracked, constant])
        #expect(gradients == [Tensor(zeros: [2, 2]), x, Tensor(zeros: [3]), Tensor(zeros: [3])])
    }

    @Test func aConstantLossHasZeroGradients() {
        let tape = Tape<Tensor<Double>>()
        let variable = tape.variable(x)
        let loss = Number(constant: x).rowProducts(Number(constant: x))
        #expect(tape.gradients(of: loss, for: [variable]) == [Tensor(zeros: [3])])
    }

    @Test func aLossMayBeAVariableItself() {
        let tape = Tape<Tensor<Double>>()
        let variable = tape.variable(Tensor(scalar: 3))
        #expect(tape.gradients(of: variable, for: [variable]) == [Tensor(scalar: 1)])
    }

    @Test func gradientsThatShareMemoryDoNotDisturbEachOther() {
        let tape = Tape<Tensor<Double>>()
        let first = tape.variable(x), second = tape.variable(randomTensor([3], seed: 2))
        // Both receive the same cotangent, and the first another one on top.
        let loss = (first + second).rowProducts(Number(constant: x)) + first.rowProducts(first)
        let gradients = tape.gradients(of: loss, for: [first, second])
        #expect(relativeError(of: gradients, from: [x.scaled(by: 3), x]) < 1e-14)
    }
}
