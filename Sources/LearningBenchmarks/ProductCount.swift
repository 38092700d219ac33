import LanguageModel
import TestTimeLearning

/// How many floating-point operations the matrix products of a piece of work take, an addition and a multiplication being
/// two.
///
/// Products with frozen maps, with an adapter's two factors, of attention (over all pairs of tokens), with the head and in
/// the token weighter count; what goes element by element does not. A gradient with respect to the lowest adapted layer's
/// input, which nobody asks for, counts like that of the other layers. A product that is known already does not count: what
/// is computed twice because memory is lacking is no work that is wanted.
struct ProductCount {
    let configuration: ModelConfiguration
    let layout: AdapterLayout
    let innerLoop: InnerLoopConfiguration
    /// 0 without a weighter.
    let weighterHiddenWidth: Int

    /// The products of one pass forward.
    private struct Forward {
        /// Of the layers below the lowest adapted one.
        var below = 0.0
        var frozen = 0.0
        var lowRank = 0.0
        var attention = 0.0
        var head = 0.0
        var weighter = 0.0

        var answering: Double { below + frozen + lowRank + attention + head }

        /// Forward and back. A factor that is constant, as the weighter's are here, has no gradient, so that back costs as
        /// much as forward; with two that are not, twice.
        var withGradient: Double { 2 * (frozen + head + weighter) + 3 * (lowRank + attention) }

        /// The tangents of the same, whose values are known. A product of which one factor has no tangent takes one for its
        /// own, one of which both have takes two. The weighter's weights have none, but their gradient is wanted here.
        var tangents: Double { 2 * (frozen + head) + 6 * (lowRank + attention) + 4 * weighter }
    }

    /// - Parameter targets: the number of tokens that are predicted.
    private func forward(segments: Int, tokens: Int, keys: Int? = nil, targets: Int) -> Forward {
        let (rows, keys) = (Double(segments * tokens), Double(keys ?? tokens))
        let maps = configuration.family.maps.reduce(0) { $0 + elements(of: $1.shape(in: configuration)) }
        let factors = layout.shapes.reduce(0) { $0 + elements(of: $1) }
        // Scores and mixture.
        let attention = 4 * rows * keys * Double(configuration.heads * configuration.headWidth)
        let (below, adapted) = (Double(layout.lowestLayer), Double(configuration.layers - layout.lowestLayer))
        let hidden = Double(weighterHiddenWidth)
        return Forward(
            below: below * (2 * rows * maps + attention), frozen: adapted * 2 * rows * maps,
            lowRank: 2 * rows * factors, attention: adapted * attention,
            head: 2 * Double(targets * configuration.vocabularySize * configuration.width),
            weighter: 2 * Double(targets) * (hidden * Double(configuration.width) + hidden))
    }

    private func elements(of shape: [Int]) -> Double { Double(shape.reduce(1, *)) }

    /// Learning a document of equal segments.
    func encoding(segments: Int, tokens: Int) -> Double {
        let pass = forward(segments: segments, tokens: tokens, targets: segments * (tokens - 1))
        return pass.below + Double(innerLoop.steps) * pass.withGradient
    }

    /// Learning it, going back through its steps, and the loss of one question.
    func metaStep(segments: Int, tokens: Int, questionTokens: Int) -> Double {
        let pass = forward(segments: segments, tokens: tokens, targets: segments * (tokens - 1))
        var outer = forward(segments: 1, tokens: questionTokens, targets: questionTokens - 1)
        outer.weighter = 0
        return encoding(segments: segments, tokens: tokens) + outer.below + outer.withGradient
            + Double(innerLoop.steps - innerLoop.truncatedSteps) * pass.tangents
    }

    /// A prompt, of which the last token's logits are wanted.
    func prompt(tokens: Int) -> Double { forward(segments: 1, tokens: tokens, targets: 1).answering }

    /// The tokens after a prompt, but for the first, which the prompt's own pass gives.
    func decoding(after prompt: Int, newTokens: Int) -> Double {
        (1..<newTokens).reduce(0) {
            $0 + forward(segments: 1, tokens: 1, keys: prompt + $1, targets: 1).answering
        }
    }
}

extension ProductCount {
    init(of model: MetaLearnedModel<Float>) {
        self.init(
            configuration: model.configuration, layout: model.adapter.layout, innerLoop: model.innerLoop,
            weighterHiddenWidth: model.weighter?.bias1.count ?? 0)
    }
}
