import Tensors

extension Variable {
    /// Cross-entropy of the logits x·Wᵀ of rows x [rows, width] against their targets, with W [vocabulary, width] as the
    /// head: [rows].
    ///
    /// With a frozen head the slope of each row's loss is computed at once and scaled by its cotangent later, so that
    /// nothing of the extents [rows, vocabulary] outlasts the call.
    public func crossEntropy(head: Weight<Value>, targets: [Int32]) -> Variable {
        guard head.isConstant, !isConstant else { return linear(head).crossEntropy(targets: targets) }
        let (losses, probabilities) = head.product(value).crossEntropy(targets: targets)
        let ones = Value(constant: Tensor(repeating: 1, shape: [targets.count]))
        let slopes = head.transposedProduct(probabilities.crossEntropyPullback(targets: targets, factors: ones))
        return .result(losses, of: [self]) { [slot] dy, gradients in
            gradients.add(slopes.scalingRows(dy), to: slot)
        }
    }
}
