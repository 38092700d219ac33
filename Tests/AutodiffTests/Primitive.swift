@testable import Autodiff
import Tensors

/// Every primitive of `Carrier`, with inputs to try it on.
enum Primitive: CaseIterable, Sendable {
    case reshaping, sum, difference, product, addition, scaling, mapping(ScalarFunction, order: Int)
    case addingToRows, multiplyingRows, scalingRows, rowProducts, columnProducts, columnSums, gathering, scattering
    case matrixProduct(TransposedFactor, batches: Bool, adding: Bool)
    case gating, gatingPullbackOfGate, gatingPullbackOfValue
    case centering, columns, placingColumns, quantizedProduct(transposed: Bool, adding: Bool)
    case causalSoftmax, softmaxPullback, losses, probabilities, crossEntropyPullback
    case attentionScores, attentionOutput, transposedAttentionOutput, rotation(inverse: Bool)

    static var allCases: [Primitive] {
        let functions: [ScalarFunction] = [
            .silu, .gelu, .geluTanh, .softplus(beta: 3), .sigmoid, .exponential, .reciprocalRoot(epsilon: 5),
        ]
        let mappings = functions.flatMap { [Primitive.mapping($0, order: 0), .mapping($0, order: 1)] }
        let products = [TransposedFactor.neither, .left, .right].flatMap { factor in
            [(false, false), (false, true), (true, false), (true, true)].map {
                Primitive.matrixProduct(factor, batches: $0.0, adding: $0.1)
            }
        }
        return mappings + products + [
            .reshaping, .sum, .difference, .product, .addition, .scaling, .addingToRows, .multiplyingRows,
            .scalingRows, .rowProducts, .columnProducts, .columnSums, .gathering, .scattering, .causalSoftmax,
            .softmaxPullback, .losses, .probabilities, .crossEntropyPullback, .attentionScores, .attentionOutput,
            .transposedAttentionOutput, .rotation(inverse: false), .rotation(inverse: true), .centering, .columns,
            .placingColumns, .gating, .gatingPullbackOfGate, .gatingPullbackOfValue,
            .quantizedProduct(transposed: false, adding: false),
            .quantizedProduct(transposed: false, adding: true), .quantizedProduct(transposed: true, adding: false),
            .quantizedProduct(transposed: true, adding: true),
        ]
    }

    private static let layout = HeadLayout(heads: 4, keyValueHeads: 2, headWidth: 2)

    var shapes: [[Int]] {
        switch self {
        case .reshaping, .scaling, .mapping, .columnSums, .centering, .columns, .placingColumns: [[2, 3]]
        case .quantizedProduct(let transposed, let adding):
            (transposed ? [[4, 3], [4, 5]] : [[4, 5], [4, 3]]).prefix(adding ? 2 : 1).map(\.self)
        case .gatingPullbackOfGate, .gatingPullbackOfValue: [[2, 3], [2, 3], [2, 3]]
        case .sum, .difference, .product, .addition, .gating, .rowProducts, .columnProducts: [[2, 3], [2, 3]]
        case .addingToRows, .multiplyingRows: [[2, 3], [3]]
        case .scalingRows: [[2, 3], [2]]
        case .gathering: [[4, 3]]
        case .scattering: [[3, 3]]
        case .matrixProduct(let factor, let batches, let adding):
            [factor == .left ? [3, 4] : [4, 3], factor == .right ? [2, 3] : [3, 2], [4, 2]]
                .prefix(adding ? 3 : 2).map { (batches ? [2] : []) + $0 }
        case .causalSoftmax: [[2, 3, 4]]
        case .softmaxPullback: [[2, 4], [2, 4]]
        case .losses, .probabilities: [[3, 5]]
        case .crossEntropyPullback: [[3, 5], [3]]
        case .attentionScores: [[2, 3, 8], [2, 4, 4]]
        case .attentionOutput: [[2, 4, 3, 4], [2, 4, 4]]
        case .transposedAttentionOutput: [[2, 4, 3, 4], [2, 3, 8]]
        case .rotation: [[2, 3, 8]]
        }
    }

    func apply<Value: Carrier>(to x: [Value]) -> Value where Value.Scalar == Double {
        switch self {
        case .reshaping: return x[0].reshaped([3, 2])
        case .sum: return x[0] + x[1]
        case .difference: return x[0] - x[1]
        case .product: return x[0] * x[1]
        case .addition:
            var total = x[0]
            total.add(x[1])
            return total
        case .scaling: return x[0].scaled(by: -0.3)
        case .mapping(let function, let order): return x[0].mapped(function, order: order)
        case .gating: return x[0].gated(by: x[1])
        case .gatingPullbackOfGate: return x[0].gatedPullback(gate: x[1], x[2]).gate
        case .gatingPullbackOfValue: return x[0] * x[0].gatedPullback(gate: x[1], x[2]).value
        case .addingToRows: return x[0].addingToRows(x[1])
        case .multiplyingRows: return x[0].multiplyingRows(x[1])
        case .scalingRows: return x[0].scalingRows(x[1])
        case .rowProducts: return x[0].rowProducts(x[1])
        case .columnProducts: return x[0].columnProducts(x[1])
        case .columnSums: return x[0].columnSums()
        case .centering: return x[0].centeringRows()
        case .columns: return x[0].columns(1..<3)
        case .placingColumns: return x[0].placingColumns(at: 1, of: 5)
        case .quantizedProduct(let transposed, let adding):
            return Value.product(
                x[0], Operation.quantizedMatrix, transposed: transposed, adding: adding ? x[1] : nil, value: .none)
        case .gathering: return x[0].gatheringRows([2, 2, 0])
        case .scattering: return x[0].scatteringRows([3, 1, 3], rows: 5)
        case .matrixProduct(let factor, _, let adding):
            return Value.product(x[0], x[1], transposing: factor, scale: 0.7, adding: adding ? x[2] : nil, value: .none)
        case .causalSoftmax: return x[0].causalSoftmax(window: 2, value: .none)
        case .softmaxPullback: return x[0].softmaxPullback(x[1])
        case .losses: return x[0].crossEntropy(targets: [4, 0, 2]).losses
        case .probabilities: return x[0].crossEntropy(targets: [4, 0, 2]).probabilities
        case .crossEntropyPullback: return x[0].crossEntropyPullback(targets: [4, 0, 2], factors: x[1])
        case .attentionScores: return Value.attentionScores(x[0], x[1], Self.layout, value: .none)
        case .attentionOutput: return Value.attentionOutput(x[0], x[1], Self.layout, value: .none)
        case .transposedAttentionOutput: return Value.transposedAttentionOutput(x[0], x[1], Self.layout, value: .none)
        case .rotation(let inverse):
            let rotation = Rotation<Double>(positions: 2..<5, frequencies: [1, 0.1], magnitude: 1.3)
            return x[0].rotated(by: rotation, headWidth: 4, inverse: inverse)
        }
    }
}
