import Tensors

// The differentiable operations. In each, `y` is the result, and the pullback turns its cotangent `dy` into those of
// the inputs. Written once, for every carrier.
extension Variable {
    public typealias Scalar = Value.Scalar

    public static func + (left: Variable, right: Variable) -> Variable {
        .result(left.value + right.value, of: [left, right]) { [left = left.slot, right = right.slot] dy, gradients in
            gradients.add(dy, to: left)
            gradients.add(dy, to: right)
        }
    }

    /// The elementwise product.
    public static func * (left: Variable, right: Variable) -> Variable {
        .result(left.value * right.value, of: [left, right]) { dy, gradients in
            gradients.add(dy * right.value, to: left.slot)
            gradients.add(dy * left.value, to: right.slot)
        }
    }

    /// Each element times a constant.
    public func scaled(by factor: Scalar) -> Variable {
        .result(value.scaled(by: factor), of: [self]) { [slot] dy, gradients in
            gradients.add(dy.scaled(by: factor), to: slot)
        }
    }

    /// The same elements under another shape.
    public func reshaped(_ shape: [Int]) -> Variable {
        .result(value.reshaped(shape), of: [self]) { [slot, old = value.shape] dy, gradients in
            gradients.add(dy.reshaped(old), to: slot)
        }
    }

    /// `function` of each element.
    public func mapped(_ function: ScalarFunction) -> Variable {
        .result(value.mapped(function, order: 0), of: [self]) { dy, gradients in
            gradients.add(dy * value.mapped(function, order: 1), to: slot)
        }
    }

    /// Adds a bias [width] to every row.
    public func addingToRows(_ bias: Variable) -> Variable {
        .result(value.addingToRows(bias.value), of: [self, bias]) { [slot, bias = bias.slot] dy, gradients in
            gradients.add(dy, to: slot)
            gradients.add(dy.columnSums(), to: bias)
        }
    }

    /// The rows at `indices`: an embedding, or a selection of tokens. The result has shape `indices × width`, under
    /// the leading axes of `shape` if given.
    public func gatheringRows(_ indices: [Int32], leading: [Int]? = nil) -> Variable {
        let (rows, width) = (value.primal.rows, value.primal.width)
        let y = value.matrix.gatheringRows(indices).reshaped((leading ?? [indices.count]) + [width])
        return .result(y, of: [self]) { [slot, shape = value.shape] dy, gradients in
            gradients.add(dy.matrix.scatteringRows(indices, rows: rows).reshaped(shape), to: slot)
        }
    }

    /// The sums of the rows that `indices` sends to each of `rows` rows: [rows, width]. The transpose of gathering.
    public func scatteringRows(_ indices: [Int32], rows: Int) -> Variable {
        .result(value.matrix.scatteringRows(indices, rows: rows), of: [self]) {
            [slot, shape = value.shape] dy, gradients in
            gradients.add(dy.gatheringRows(indices).reshaped(shape), to: slot)
        }
    }

    /// The inner product of each row with the same row of `other`. Of two vectors: their inner product.
    public func rowProducts(_ other: Variable) -> Variable {
        .result(value.rowProducts(other.value), of: [self, other]) { dy, gradients in
            gradients.add(other.value.scalingRows(dy), to: slot)
            gradients.add(value.scalingRows(dy), to: other.slot)
        }
    }

    /// x / √(mean(x²) + ε) ∘ weight, row by row (Zhang and Sennrich 2019).
    public func rmsNormalized(weight: Variable, epsilon: Double) -> Variable {
        let perWidth = Scalar(1 / Double(value.primal.width))
        let root = value.rowProducts(value).scaled(by: perWidth).mapped(.reciprocalRoot(epsilon: epsilon), order: 0)
        let normalized = value.scalingRows(root)
        return .result(normalized.multiplyingRows(weight.value), of: [self, weight]) { [slot] dy, gradients in
            if gradients.wants(slot) {
                let g = dy.multiplyingRows(weight.value)
                let along = g.rowProducts(normalized).scaled(by: perWidth)
                gradients.add((g - normalized.scalingRows(along)).scalingRows(root), to: slot)
            }
            gradients.add(dy.columnProducts(normalized), to: weight.slot)
        }
    }

    /// (x - mean(x)) / √(variance(x) + ε) ∘ weight + bias, row by row (Ba et al. 2016).
    public func layerNormalized(weight: Variable, bias: Variable, epsilon: Double) -> Variable {
        centeringRows().rmsNormalized(weight: weight, epsilon: epsilon).addingToRows(bias)
    }

    /// Each row less its mean.
    func centeringRows() -> Variable {
        .result(value.centeringRows(), of: [self]) { [slot] dy, gradients in
            gradients.add(dy.centeringRows(), to: slot)
        }
    }

    /// The columns in `range` of every row.
    public func columns(_ range: Range<Int>) -> Variable {
        .result(value.columns(range), of: [self]) { [slot, width = value.primal.width] dy, gradients in
            gradients.add(dy.placingColumns(at: range.lowerBound, of: width), to: slot)
        }
    }

    /// silu(gate) ∘ self: the gated unit of SwiGLU (Shazeer 2020), self being the projection that is gated.
    public func gated(by gate: Variable) -> Variable {
        // The activation is computed again on the way back: it is cheaper than the memory to keep it.
        .result(value.gated(by: gate.value), of: [self, gate]) { dy, gradients in
            let cotangents = value.gatedPullback(gate: gate.value, dy)
            gradients.add(cotangents.value, to: slot)
            gradients.add(cotangents.gate, to: gate.slot)
        }
    }

    /// Cross-entropy of each row of logits [rows, vocabulary] against its target: [rows].
    public func crossEntropy(targets: [Int32]) -> Variable {
        let (losses, probabilities) = value.crossEntropy(targets: targets)
        return .result(losses, of: [self]) { [slot] dy, gradients in
            gradients.add(probabilities.crossEntropyPullback(targets: targets, factors: dy), to: slot)
        }
    }
}
