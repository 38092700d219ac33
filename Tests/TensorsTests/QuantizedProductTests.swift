import Foundation
import Tensors
import Testing

/// Products with quantized matrices against products with the same weights dequantized.
@Suite struct QuantizedProductTests {
    private func check<Scalar: TensorScalar>(
        _ quantized: QuantizedMatrix, batch: Int, _ type: Scalar.Type, tolerance: Double
    ) {
        let weights: Tensor<Scalar> = quantized.dequantized()
        let (rows, columns) = (quantized.rows, quantized.columns)
        for transposed in [true, false] {
            let a: Tensor<Scalar> = randomTensor([batch, transposed ? columns : rows], seed: 1)
            let existing: Tensor<Scalar> = randomTensor([batch, transposed ? rows : columns], seed: 2)
            let kept = Tensor(existing.scalars, shape: existing.shape)
            for added in [nil, existing] {
                let found = Tensor.product(a, quantized, transposed: transposed, adding: added)
                let expected = Tensor.product(
                    a, weights, transposing: transposed ? .right : .neither, adding: added)
                #expect(error(of: found, from: expected) < tolerance, "\(quantized.format), transposed \(transposed)")
                #expect(found == Tensor.product(a, quantized, transposed: transposed, adding: added))
            }
            #expect(existing == kept)
        }
    }

    @Test(arguments: QuantizationFormat.allCases, [1, 2, 7])
    func theProductIsThatOfTheDequantizedWeights(format: QuantizationFormat, batch: Int) throws {
        let quantized = try randomQuantized(5, 512, format, seed: 9)
        check(quantized, batch: batch, Float.self, tolerance: 1e-5)
        check(quantized, batch: batch, Double.self, tolerance: 1e-12)
    }

    /// Two tiles of 512 rows each and one of 6, from few random rows so that they are made fast.
    @Test(arguments: [QuantizationFormat.bfloat16, .q4_1], [1, 3])
    func tilesAreJoined(format: QuantizationFormat, batch: Int) throws {
        let quantized = try randomQuantized(7, 1024, format, seed: 9).permutingRows((0..<1030).map { $0 % 7 })
        check(quantized, batch: batch, Float.self, tolerance: 1e-5)
    }

    /// Rows of 2^19 + 32 weights, each by itself more than a tile.
    @Test func rowsWiderThanATileAreMultiplied() throws {
        let row = try randomQuantized(3, 32, .q4_0, seed: 9)
        let wide = row.permutingRows((0..<3).flatMap { Array(repeating: $0, count: 16385) })
        let quantized = try #require(QuantizedMatrix(rows: 3, columns: 16385 * 32, format: .q4_0, bytes: wide.bytes))
        check(quantized, batch: 2, Float.self, tolerance: 1e-5)
    }

    @Test func emptyProductsAreZero() throws {
        let none = try #require(QuantizedMatrix(rows: 0, columns: 32, format: .q8_0, bytes: Data()))
        #expect(Tensor<Float>.product(Tensor(zeros: [2, 32]), none, transposed: true).shape == [2, 0])
        #expect(Tensor<Float>.product(Tensor(zeros: [2, 0]), none, transposed: false) == Tensor(zeros: [2, 32]))
        let some = try randomQuantized(3, 32, .q8_0, seed: 1)
        #expect(Tensor<Double>.product(Tensor(zeros: [0, 32]), some, transposed: true).shape == [0, 3])
    }
}
