@testable import Autodiff
import Foundation
import Tensors

/// Every differentiable operation, with inputs to try it on.
enum Operation: String, CaseIterable, Sendable {
    case sum, product, reshaping, silu, gelu, softplus, reciprocalRoot, addingToRows, gathering, gatheringUnderAxes
    case scattering, sigmoid, exponential, rowProducts, innerProduct, rmsNormalization, layerNormalization, columns,
        gating, geluTanh
    case crossEntropy, frozenHeadLoss, trainedHeadLoss, quantizedHeadLoss
    case linear, linearOfAxes, adaptedLinear, adaptedLinearOfTasks, unadaptedLinear, quantizedLinear,
        adaptedQuantizedLinear
    case scaling, rotation, attention, groupedAttention, attentionToMoreKeys, attentionInWindow

    /// The shapes of its inputs, which are drawn at random.
    private var shapes: [[Int]] {
        switch self {
        case .sum, .product, .rowProducts, .gating: [[2, 3], [2, 3]]
        case .scaling, .reshaping, .silu, .gelu, .geluTanh, .softplus, .sigmoid, .exponential, .reciprocalRoot,
            .quantizedLinear:
            [[2, 3]]
        case .addingToRows: [[2, 2, 3], [3]]
        case .gathering, .scattering: [[4, 3]]
        case .gatheringUnderAxes: [[2, 2, 3]]
        case .innerProduct: [[5], [5]]
        case .rmsNormalization: [[2, 2, 4], [4]]
        case .layerNormalization: [[2, 2, 4], [4], [4]]
        case .columns: [[2, 2, 5]]
        case .frozenHeadLoss, .quantizedHeadLoss: [[4, 3]]
        case .trainedHeadLoss: [[4, 3], [5, 3]]
        case .adaptedQuantizedLinear: [[2, 2, 3], [2, 1, 3], [2, 5, 1]]
        case .crossEntropy: [[3, 5]]
        case .linear: [[3, 4], [2, 4]]
        case .linearOfAxes, .unadaptedLinear: [[2, 3, 4], [2, 4]]
        case .adaptedLinear: [[1, 3, 4], [5, 4], [1, 2, 4], [1, 5, 2]]
        case .adaptedLinearOfTasks: [[3, 2, 4], [5, 4], [3, 2, 4], [3, 5, 2]]
        case .rotation: [[2, 3, 8]]
        case .attention: [[2, 3, 8], [2, 3, 8], [2, 3, 8]]
        case .groupedAttention: [[2, 3, 8], [2, 3, 4], [2, 3, 4]]
        case .attentionToMoreKeys: [[1, 2, 8], [1, 4, 2], [1, 4, 2]]
        case .attentionInWindow: [[1, 4, 8], [1, 5, 4], [1, 5, 4]]
        }
    }

    var inputs: [Tensor<Double>] {
        let inputs = randomTensors(shapes, seed: 1)
        guard self == .reciprocalRoot else { return inputs }
        return inputs.map { Tensor($0.scalars.map { abs($0) + 0.3 }, shape: $0.shape) }
    }

    func apply<Value: Carrier>(to x: [Variable<Value>]) -> Variable<Value> where Value.Scalar == Double {
        switch self {
        case .sum: x[0] + x[1]
        case .product: x[0] * x[1]
        case .reshaping: x[0].reshaped([3, 2])
        case .silu: x[0].mapped(.silu)
        case .gelu: x[0].mapped(.gelu)
        case .softplus: x[0].mapped(.softplus(beta: 3))
        case .sigmoid: x[0].mapped(.sigmoid)
        case .exponential: x[0].mapped(.exponential)
        case .reciprocalRoot: x[0].mapped(.reciprocalRoot(epsilon: 0.1))
        case .addingToRows: x[0].addingToRows(x[1])
        case .gathering: x[0].gatheringRows([3, 0, 3, 3, 1])
        case .scattering: x[0].scatteringRows([3, 0, 3, 1], rows: 5)
        case .gatheringUnderAxes: x[0].gatheringRows([3, 0, 3, 1], leading: [2, 2])
        case .rowProducts, .innerProduct: x[0].rowProducts(x[1])
        case .rmsNormalization: x[0].rmsNormalized(weight: x[1], epsilon: 1e-2)
        case .layerNormalization: x[0].layerNormalized(weight: x[1], bias: x[2], epsilon: 1e-2)
        case .columns: x[0].columns(1..<4)
        case .gating: x[0].gated(by: x[1])
        case .geluTanh: x[0].mapped(.geluTanh)
        case .frozenHeadLoss: x[0].crossEntropy(head: .frozen(Self.denseMatrix), targets: [4, 0, 2, 2])
        case .quantizedHeadLoss:
            x[0].crossEntropy(head: .frozen(Self.quantizedMatrix), targets: [4, 0, 2, 2], tileWords: 2)
        case .trainedHeadLoss: x[0].crossEntropy(head: .variable(x[1]), targets: [4, 0, 2, 2])
        case .quantizedLinear: x[0].linear(.frozen(Self.quantizedMatrix))
        case .adaptedQuantizedLinear:
            x[0].linear(.frozen(Self.quantizedMatrix), adapter: LowRankPair(a: x[1], b: x[2], scale: 0.7))
        case .crossEntropy: x[0].crossEntropy(targets: [4, 0, 2])
        case .linear, .linearOfAxes: x[0].linear(x[1])
        case .adaptedLinear, .adaptedLinearOfTasks:
            x[0].linear(.variable(x[1]), adapter: LowRankPair(a: x[2], b: x[3], scale: 0.7))
        case .unadaptedLinear: x[0].linear(.variable(x[1]), adapter: nil)
        case .scaling: x[0].scaled(by: -0.3)
        case .rotation:
            x[0].rotated(by: Rotation(positions: 2..<5, frequencies: [1, 0.1], magnitude: 1.3), headWidth: 4)
        case .attention:
            x[0].attention(
                keys: x[1], values: x[2], layout: HeadLayout(heads: 2, keyValueHeads: 2, headWidth: 4))
        case .groupedAttention:
            x[0].attention(
                keys: x[1], values: x[2], layout: HeadLayout(heads: 4, keyValueHeads: 2, headWidth: 2))
        case .attentionToMoreKeys:
            x[0].attention(
                keys: x[1], values: x[2], layout: HeadLayout(heads: 4, keyValueHeads: 1, headWidth: 2))
        case .attentionInWindow:
            x[0].attention(
                keys: x[1], values: x[2], layout: HeadLayout(heads: 2, keyValueHeads: 1, headWidth: 4),
                reach: AttentionReach(queryScale: 0.4, window: 2))
        }
    }

    /// A frozen weight [5, 3], quantized and not.
    static var quantized: QuantizedMatrix {
        let words = randomTensor([5, 3], seed: 7).scalars.map { UInt16(Float($0).bitPattern >> 16).littleEndian }
        let bytes = words.withUnsafeBytes { Data($0) }
        guard let matrix = QuantizedMatrix(rows: 5, columns: 3, format: .bfloat16, bytes: bytes) else {
            preconditionFailure("two bytes for each of 15 weights")
        }
        return matrix
    }

    static var quantizedMatrix: FrozenMatrix<Double> { FrozenMatrix(.quantized(quantized), arithmetic: .float32) }
    private static var denseMatrix: FrozenMatrix<Double> {
        FrozenMatrix(.dense(quantized.dequantized()), arithmetic: .float32)
    }

    /// A scalar that depends on the operation's result nonlinearly, so that its cotangent varies too: ⟨y + c, y⟩ with a
    /// random constant c.
    func loss<Value: Carrier>(of x: [Variable<Value>]) -> Variable<Value> where Value.Scalar == Double {
        let y = apply(to: x)
        let flat = y.reshaped([y.value.primal.count])
        let constant = Value(constant: randomTensor([y.value.primal.count], seed: 99))
        return (flat + Variable(constant: constant)).rowProducts(flat)
    }

    /// The gradients of the loss with respect to all inputs.
    func gradients<Value: Carrier>(at inputs: [Value]) -> [Value] where Value.Scalar == Double {
        let tape = Tape<Value>()
        let variables = inputs.map { tape.variable($0) }
        return tape.gradients(of: loss(of: variables), for: variables)
    }
}
