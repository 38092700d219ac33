import Foundation
import Tensors
import Testing

@Suite struct AttentionProductsTests {
    /// Multi-head, grouped and multi-query attention.
    static let layouts = [
        HeadLayout(heads: 2, keyValueHeads: 2, headWidth: 4), HeadLayout(heads: 4, keyValueHeads: 2, headWidth: 3),
        HeadLayout(heads: 3, keyValueHeads: 1, headWidth: 2),
    ]
    private static let (sequences, queries, keys) = (2, 3, 5)

    /// Random queries, keys and probabilities.
    private func inputs<Scalar: TensorScalar>(
        _ layout: HeadLayout
    ) -> (q: Tensor<Scalar>, k: Tensor<Scalar>, p: Tensor<Scalar>) {
        (
            randomTensor([Self.sequences, Self.queries, layout.heads * layout.headWidth], seed: 1),
            randomTensor([Self.sequences, Self.keys, layout.keyValueHeads * layout.headWidth], seed: 2),
            randomTensor([Self.sequences, layout.heads, Self.queries, Self.keys], seed: 3)
        )
    }

    @Test(arguments: layouts) func productsAreTheSumsWrittenOut(_ layout: HeadLayout) {
        check(layout, Double.self, tolerance: 1e-13)
        check(layout, Float.self, tolerance: 1e-5)
    }

    private func check<Scalar: TensorScalar>(_ layout: HeadLayout, _ type: Scalar.Type, tolerance: Double) {
        let (q, k, p): (Tensor<Scalar>, Tensor<Scalar>, Tensor<Scalar>) = inputs(layout)
        let (a, b, c) = (q.scalars.map { Double($0) }, k.scalars.map { Double($0) }, p.scalars.map { Double($0) })
        var scores = [Double](repeating: 0, count: p.count)
        var mixture = [Double](repeating: 0, count: q.count)
        var transposed = [Double](repeating: 0, count: k.count)
        for sequence in 0..<Self.sequences {
            for head in 0..<layout.heads {
                let shared = head / (layout.heads / layout.keyValueHeads)
                for query in 0..<Self.queries {
                    for key in 0..<Self.keys {
                        let score = ((sequence * layout.heads + head) * Self.queries + query) * Self.keys + key
                        for i in 0..<layout.headWidth {
                            let x = ((sequence * Self.queries + query) * layout.heads + head) * layout.headWidth + i
                            let y =
                                ((sequence * Self.keys + key) * layout.keyValueHeads + shared) * layout.headWidth + i
                            scores[score] += a[x] * b[y]
                            mixture[x] += c[score] * b[y]
                            transposed[y] += c[score] * a[x]
                        }
                    }
                }
            }
        }
        func difference(_ found: Tensor<Scalar>, _ expected: [Double]) -> Double {
            error(of: found.scalars.map { Double($0) }, from: expected)
        }
        #expect(difference(Tensor.attentionScores(q, k, layout), scores) < tolerance)
        #expect(difference(Tensor.attentionOutput(p, k, layout), mixture) < tolerance)
        #expect(difference(Tensor.transposedAttentionOutput(p, q, layout), transposed) < tolerance)
        #expect(Tensor.attentionScores(q, k, layout).shape == p.shape)
        #expect(Tensor.attentionOutput(p, k, layout).shape == q.shape)
        #expect(Tensor.transposedAttentionOutput(p, q, layout).shape == k.shape)
    }

    @Test(arguments: layouts) func eachProductIsATransposeOfTheOthers(_ layout: HeadLayout) {
        let (q, k, p): (Tensor<Double>, Tensor<Double>, Tensor<Double>) = inputs(layout)
        let product = p.dot(Tensor.attentionScores(q, k, layout))
        #expect(abs(product) > 0.1)
        #expect(abs(q.dot(Tensor.attentionOutput(p, k, layout)) - product) < 1e-12)
        #expect(abs(k.dot(Tensor.transposedAttentionOutput(p, q, layout)) - product) < 1e-12)
    }
}

@Suite struct RotationTests {
    private static let headWidth = 6

    private static func frequencies(_ theta: Double) -> [Double] { (0..<3).map { pow(theta, -Double(2 * $0) / 6) } }

    @Test func everyPairIsTurnedByItsAngle() {
        let rotation = Rotation<Double>(positions: 3..<5, frequencies: Self.frequencies(100))
        let x: Tensor<Double> = randomTensor([2, 2, 2 * Self.headWidth], seed: 1)
        let (before, after) = (x.scalars, x.rotated(by: rotation, headWidth: Self.headWidth).scalars)
        for row in 0..<4 {
            for head in 0..<2 {
                for i in 0..<3 {
                    let angle = Double(3 + row % 2) * pow(100, -Double(2 * i) / 6)
                    let (first, second) = (row * 12 + head * 6 + i, row * 12 + head * 6 + i + 3)
                    #expect(abs(after[first] - (before[first] * cos(angle) - before[second] * sin(angle))) < 1e-14)
                    #expect(abs(after[second] - (before[second] * cos(angle) + before[first] * sin(angle))) < 1e-14)
                }
            }
        }
    }

    @Test func theInverseUndoesARotation() {
        let x: Tensor<Float> = randomTensor([2, 50, 12], seed: 2)
        let rotation = Rotation<Float>(positions: 1000..<1050, frequencies: Self.frequencies(10_000))
        let turned = x.rotated(by: rotation, headWidth: Self.headWidth)
        #expect(error(of: turned, from: x) > 0.1)
        #expect(error(of: turned.rotated(by: rotation, headWidth: Self.headWidth, inverse: true), from: x) < 1e-6)
    }

    @Test func theMagnitudeMultipliesIt() {
        let x: Tensor<Double> = randomTensor([2, 3, 12], seed: 5), frequencies = Self.frequencies(50)
        let plain = x.rotated(by: Rotation(positions: 4..<7, frequencies: frequencies), headWidth: 6)
        let larger = x.rotated(by: Rotation(positions: 4..<7, frequencies: frequencies, magnitude: 1.5), headWidth: 6)
        #expect(error(of: larger, from: plain.scaled(by: 1.5)) < 1e-14)
    }

    @Test func innerProductsDependOnTheDistanceAlone() {
        let q: Tensor<Double> = randomTensor([1, 1, 6], seed: 3), k: Tensor<Double> = randomTensor([1, 1, 6], seed: 4)
        func product(_ query: Int, _ key: Int) -> Double {
            func turned(_ x: Tensor<Double>, _ position: Int) -> Tensor<Double> {
                x.rotated(
                    by: Rotation(positions: position..<position + 1, frequencies: Self.frequencies(10_000)),
                    headWidth: Self.headWidth)
            }
            return turned(q, query).dot(turned(k, key))
        }
        #expect(abs(product(7, 2) - product(105, 100)) < 1e-12)
        #expect(abs(product(7, 2) - product(7, 3)) > 1e-3)
    }
}
