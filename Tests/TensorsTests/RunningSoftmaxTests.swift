import Foundation
import Tensors
import Testing

@Suite struct RunningSoftmaxTests {
    @Test(arguments: [[7], [3, 4], [1, 1, 5]])
    func tilesGiveTheSoftmaxOfTheWholeRows(_ widths: [Int]) {
        check(widths, Double.self, tolerance: 1e-14)
        check(widths, Float.self, tolerance: 1e-6)
    }

    private func check<Scalar: TensorScalar>(_ widths: [Int], _ type: Scalar.Type, tolerance: Double) {
        let x: Tensor<Scalar> = randomTensor([5, 7], seed: 1).scaled(by: 20)
        var softmax = RunningSoftmax<Scalar>(rows: 5)
        var sums = [Double](repeating: 0, count: 5), first = 0
        for width in widths {
            let (exponentials, rescaling) = softmax.exponentials(of: x.columns(first..<first + width))
            for row in 0..<5 {
                let tile = exponentials[row].scalars.reduce(0) { $0 + Double($1) }
                sums[row] = sums[row] * Double(rescaling.scalars[row]) + tile
            }
            first += width
        }
        for row in 0..<5 {
            let numbers = x[row].scalars.map { Double($0) }, top = numbers.max() ?? 0
            let sum = numbers.reduce(0) { $0 + exp($1 - top) }
            #expect(abs(sums[row] - sum) < tolerance * 10)
            #expect(abs(Double(softmax.logarithms.scalars[row]) - log(sum) - top) < tolerance * 100)
            #expect(abs(Double(softmax.reciprocalSums.scalars[row]) - 1 / sum) < tolerance * 10)
        }
    }

    @Test func elementsArePickedFromTheTilesThatHaveThem() {
        var picked = Tensor<Double>([9, 9, 9], shape: [3])
        picked.pick(from: Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]), at: [1, -1, 2])
        #expect(picked.scalars == [2, 9, 9])
        picked.pick(from: Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]), at: [-1, 1, 0])
        #expect(picked.scalars == [2, 4, 5])
    }
}
