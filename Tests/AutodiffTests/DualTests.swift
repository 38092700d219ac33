import Autodiff
import Tensors
import Testing

/// The tangent rule of every primitive.
@Suite struct DualTests {
    @Test(arguments: Primitive.allCases) func tangentsAreSlopes(_ primitive: Primitive) throws {
        let inputs = randomTensors(primitive.shapes, seed: 1)
        // All inputs move, then each alone while the others carry no tangent.
        for only in [nil] + inputs.indices.map(Optional.some) {
            let direction = zip(inputs.indices, randomTensors(primitive.shapes, seed: 2)).map { index, drawn in
                only == nil || only == index ? drawn : Tensor(zeros: drawn.shape)
            }
            let duals = inputs.indices.map { index in
                Dual(primal: inputs[index], tangent: only == nil || only == index ? direction[index] : nil)
            }
            let found = primitive.apply(to: duals)
            let expected = slope { [primitive.apply(to: moved(inputs, along: direction, by: $0))] }
            #expect(relativeError(of: [try #require(found.tangent)], from: expected) < 1e-9)
            #expect(found.primal == primitive.apply(to: inputs))
        }
    }

    @Test(arguments: Primitive.allCases) func constantsHaveNoTangent(_ primitive: Primitive) {
        let inputs = randomTensors(primitive.shapes, seed: 1)
        let found = primitive.apply(to: inputs.map { Dual(constant: $0) })
        #expect(found.tangent == nil)
        #expect(found.primal == primitive.apply(to: inputs))
    }

    @Test(arguments: Primitive.allCases) func inputsStayAsTheyAre(_ primitive: Primitive) {
        let inputs = randomTensors(primitive.shapes, seed: 1), tangents = randomTensors(primitive.shapes, seed: 2)
        let duals = zip(inputs, tangents).map { Dual(primal: $0, tangent: $1) }
        _ = primitive.apply(to: duals)
        #expect(duals.map(\.primal) == randomTensors(primitive.shapes, seed: 1))
        #expect(duals.map(\.tangent) == randomTensors(primitive.shapes, seed: 2))
    }
}
