import Tensors

extension Variable {
    /// Cross-entropy of the logits x·Wᵀ of rows x [rows, width] against their targets, with W [vocabulary, width] as the
    /// head: [rows].
    ///
    /// With a frozen head the slope of each row's loss is computed at once and scaled by its cotangent later, so that
    /// nothing of the extents [rows, vocabulary] is held, during the call or after it.
    ///
    /// - Parameter tileWords: the words whose logits exist at a time: few enough for their weights and the logits of some
    ///   hundred rows to stay in the caches.
    public func crossEntropy(head: Weight<Value>, targets: [Int32], tileWords: Int = 1024) -> Variable {
        guard case .frozen(let head) = head else { return linear(head).crossEntropy(targets: targets) }
        let sums = HeadSums(targets: targets, head: head, tileWords: tileWords)
        if isConstant { return Variable(constant: Value.headLoss(value, sums, slopes: .unread) { $0(.none) }.losses) }
        var losses = Value(constant: Tensor(zeros: [targets.count]))
        let slopes = kept { known in
            let parts = Value.headLoss(value, sums, slopes: known) { kept(compute: $0) }
            losses = parts.losses
            return parts.slopes
        }
        return .result(losses, of: [self]) { [slot] dy, gradients in
            gradients.add(slopes.scalingRows(dy), to: slot)
        }
    }
}

/// The vocabulary of a frozen head taken in tiles of words, so that logits exist for a tile alone.
///
/// With e = exp(l - m) of the logits l and their greatest m so far, a row's loss is log Σe + m - l[target] and its slope
/// Σe·W / Σe - W[target]. Where a tile has a greater logit, what has been summed is scaled down (Milakov and Gimelshein
/// 2018).
public struct HeadSums<Scalar: TensorScalar>: Sendable {
    let targets: [Int32]
    let head: FrozenMatrix<Scalar>
    let tileWords: Int

    /// The words of each tile.
    var tiles: [Range<Int>] {
        stride(from: 0, to: head.shape[0], by: tileWords).map { $0..<min($0 + tileWords, head.shape[0]) }
    }

    /// Takes over, for each row, the element at its target where that is among the `words` of `tile`.
    func pick(_ picked: inout Tensor<Scalar>, from tile: Tensor<Scalar>, words: Range<Int>) {
        picked.pick(from: tile, at: targets.map { $0 - Int32(words.lowerBound) })
    }
}

extension Tensor {
    public static func headLoss(
        _ x: Tensor, _ sums: HeadSums<Scalar>, slopes known: KnownValue<Scalar>,
        kept: ((KnownValue<Scalar>) -> Tensor) -> Tensor
    ) -> (losses: Tensor, slopes: Tensor) {
        var softmax = RunningSoftmax<Scalar>(rows: x.rows)
        var mixture = Tensor(zeros: x.shape), targetLogits = Tensor(zeros: [x.rows])
        for words in sums.tiles {
            let weights = sums.head.rows(words)
            let logits = kept { product(x, weights, transposed: true, adding: nil, value: $0) }
            sums.pick(&targetLogits, from: logits, words: words)
            let (exponentials, rescaling) = softmax.exponentials(of: logits)
            if case .unread = known { continue }
            mixture = product(exponentials, weights, transposed: false, adding: mixture.scalingRows(rescaling))
        }
        let slopes = mixture.scalingRows(softmax.reciprocalSums) - sums.head.gatheringRows(sums.targets)
        return (softmax.logarithms - targetLogits, slopes)
    }
}

extension Dual {
    /// With ė = e∘l̇, the tangent of a loss is Σė / Σe - l̇[target], that of a slope (Σė·W - Σė / Σe · Σe·W) / Σe.
    public static func headLoss(
        _ x: Dual, _ sums: HeadSums<Scalar>, slopes known: KnownValue<Scalar>,
        kept: ((KnownValue<Scalar>) -> Dual) -> Dual
    ) -> (losses: Dual, slopes: Dual) {
        typealias T = Tensor<Scalar>
        let x = Dual(primal: x.primal, tangent: x.tangent ?? T(zeros: x.shape))
        let rows = x.primal.rows
        var softmax = RunningSoftmax<Scalar>(rows: rows)
        var mixture = T(zeros: x.shape), mixtureTangent = T(zeros: x.shape), sumTangent = T(zeros: [rows])
        var targetLogits = T(zeros: [rows]), targetTangents = targetLogits
        let knownSlopes: T? = if case .value(let slopes) = known { slopes } else { nil }
        for words in sums.tiles {
            let weights = sums.head.rows(words)
            let logits = kept { product(x, weights, transposed: true, adding: nil, value: $0) }
            guard let dLogits = logits.tangent else { preconditionFailure("a product of a tangent has one") }
            sums.pick(&targetLogits, from: logits.primal, words: words)
            sums.pick(&targetTangents, from: dLogits, words: words)
            let (exponentials, rescaling) = softmax.exponentials(of: logits.primal)
            sumTangent = sumTangent * rescaling + exponentials.rowProducts(dLogits)
            mixtureTangent = T.product(
                exponentials * dLogits, weights, transposed: false, adding: mixtureTangent.scalingRows(rescaling))
            if knownSlopes == nil {
                mixture = T.product(
                    exponentials, weights, transposed: false, adding: mixture.scalingRows(rescaling))
            }
        }
        let perSum = softmax.reciprocalSums
        let targetWeights = sums.head.gatheringRows(sums.targets)
        let slopes = knownSlopes ?? mixture.scalingRows(perSum) - targetWeights
        let meanTangent = sumTangent * perSum
        return (
            Dual(primal: softmax.logarithms - targetLogits, tangent: meanTangent - targetTangents),
            Dual(
                primal: slopes,
                tangent: mixtureTangent.scalingRows(perSum) - (slopes + targetWeights).scalingRows(meanTangent))
        )
    }
}
