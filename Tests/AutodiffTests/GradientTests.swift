import Autodiff
import Tensors
import Testing

/// The gradients of every operation, and their derivatives in a direction.
@Suite struct GradientTests {
    @Test(arguments: Operation.allCases) func gradientsAreSlopesOfTheLoss(_ operation: Operation) {
        let inputs = operation.inputs
        func loss(_ inputs: [Tensor<Double>]) -> Tensor<Double> {
            operation.loss(of: inputs.map { Variable(constant: $0) }).value
        }
        let expected = inputs.indices.map { input in
            let slopes = (0..<inputs[input].count).map { element in
                var unit = [Double](repeating: 0, count: inputs[input].count)
                unit[element] = 1
                var direction = inputs.map { Tensor<Double>(zeros: $0.shape) }
                direction[input] = Tensor(unit, shape: inputs[input].shape)
                return slope { [loss(moved(inputs, along: direction, by: $0))] }[0].item
            }
            return Tensor(slopes, shape: inputs[input].shape)
        }
        #expect(relativeError(of: operation.gradients(at: inputs), from: expected) < 1e-9)
    }

    @Test(arguments: Operation.allCases) func tangentsOfGradientsAreTheirSlopes(_ operation: Operation) throws {
        let inputs = operation.inputs
        let direction = randomTensors(inputs.map(\.shape), seed: 2)
        let found = operation.gradients(at: zip(inputs, direction).map { Dual(primal: $0, tangent: $1) })
        let expected = slope { operation.gradients(at: moved(inputs, along: direction, by: $0)) }
        #expect(relativeError(of: try found.map { try #require($0.tangent) }, from: expected) < 1e-9)
        #expect(relativeError(of: found.map(\.primal), from: operation.gradients(at: inputs)) < 1e-15)
    }

    /// The same where only one input moves, as when only the adapter does; the others carry no tangent.
    @Test(arguments: Operation.allCases) func missingTangentsCountAsZero(_ operation: Operation) {
        let inputs = operation.inputs
        for only in inputs.indices {
            let direction = randomTensor(inputs[only].shape, seed: 3)
            func tangents(_ rest: (Tensor<Double>) -> Tensor<Double>?) -> [Tensor<Double>] {
                let duals = inputs.indices.map { index in
                    Dual(primal: inputs[index], tangent: index == only ? direction : rest(inputs[index]))
                }
                return operation.gradients(at: duals).map { $0.tangent ?? Tensor(zeros: $0.primal.shape) }
            }
            let (missing, zeros) = (tangents { _ in nil }, tangents { Tensor(zeros: $0.shape) })
            #expect(relativeError(of: missing, from: zeros) < 1e-14, "input \(only)")
        }
    }

    /// An operation some of whose inputs are constants gives the others the same gradients.
    @Test(arguments: Operation.allCases) func constantInputsDoNotDisturbTheOthers(_ operation: Operation) {
        let inputs = operation.inputs
        let all = operation.gradients(at: inputs)
        for only in inputs.indices {
            let tape = Tape<Tensor<Double>>()
            let variables = inputs.indices.map { index in
                index == only ? tape.variable(inputs[index]) : Variable(constant: inputs[index])
            }
            let found = tape.gradients(of: operation.loss(of: variables), for: [variables[only]])
            #expect(relativeError(of: found, from: [all[only]]) < 1e-14, "input \(only)")
        }
    }
}
