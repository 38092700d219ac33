import Tensors
import Testing

@Suite struct CachedAttentionTests {
    /// Attention written out from its products, one sequence at a time.
    private func expected(
        _ q: Tensor<Double>, _ k: [Tensor<Double>], _ v: [Tensor<Double>], _ layout: HeadLayout,
        _ reach: AttentionReach
    ) -> Tensor<Double> {
        let scale = reach.queryScale
        return Tensor(
            concatenating: k.indices.map { index in
                let keys = k[index].reshaped([1] + k[index].shape), values = v[index].reshaped([1] + v[index].shape)
                let scores = Tensor.attentionScores(q[index..<index + 1].scaled(by: scale), keys, layout)
                return Tensor.attentionOutput(scores.causalSoftmax(window: reach.window), values, layout)
            })
    }

    /// Heads of any width; of one query or several, in one block or in several, after more or fewer tokens.
    @Test(
        arguments: AttentionProductsTests.layouts + [HeadLayout(heads: 6, keyValueHeads: 2, headWidth: 64)],
        [(1, nil), (2, nil), (70, nil), (150, nil), (1, 3), (2, 1), (70, 40), (150, 64)] as [(Int, Int?)])
    func itIsThatOfTheProducts(layout: HeadLayout, lengths: (queries: Int, window: Int?)) {
        let queries = lengths.queries
        let reach = AttentionReach(
            queryScale: lengths.window == nil ? AttentionReach(headWidth: layout.headWidth).queryScale : 0.3,
            window: lengths.window)
        let earlier = [0, 5, 90]
        let q: Tensor<Float> = randomTensor([3, queries, layout.heads * layout.headWidth], seed: 1)
        func rows(_ seed: UInt64) -> [Tensor<Float>] {
            earlier.enumerated().map { index, count in
                randomTensor([count + queries, layout.keyValueHeads * layout.headWidth], seed: seed + UInt64(index))
            }
        }
        let (k, v) = (rows(10), rows(20))
        let found = q.attended(over: k, values: v, layout: layout, reach: reach)
        let exact = expected(q.converted(), k.map { $0.converted() }, v.map { $0.converted() }, layout, reach)
        #expect(error(of: found.converted(), from: exact) < 1e-5)
        let doubled = q.converted(to: Double.self).attended(
            over: k.map { $0.converted() }, values: v.map { $0.converted() }, layout: layout, reach: reach)
        #expect(error(of: doubled, from: exact) < 1e-13)
        for threads in 2...3 {
            #expect(
                ThreadBudget.with(threads) { q.attended(over: k, values: v, layout: layout, reach: reach) } == found)
        }
        for index in 0..<3 {
            let alone = q[index..<index + 1].attended(
                over: [k[index]], values: [v[index]], layout: layout, reach: reach)
            #expect(alone == found[index..<index + 1])
        }
    }
}
