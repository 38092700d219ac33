/// How a tensor's numbers are distributed.
public struct ElementStatistics: Equatable, Sendable {
    /// The numbers that are finite; the mean and all that follows are of these.
    public private(set) var finiteCount = 0
    /// Infinities and numbers that are none.
    public private(set) var nonFiniteCount = 0
    /// 0 where no number is finite.
    public private(set) var mean = 0.0
    /// The smallest and the greatest; +∞ and -∞ where no number is finite.
    public private(set) var minimum = Float.infinity, maximum = -Float.infinity
    /// The sum of the squared distances from the mean.
    private var squaredDistances = 0.0

    /// The root of the mean squared distance from the mean, over all numbers, not a sample of them.
    public var standardDeviation: Double {
        finiteCount == 0 ? 0 : (squaredDistances / Double(finiteCount)).squareRoot()
    }

    public init() {}

    /// Adds numbers; the result hardly depends on how they are divided into calls.
    public mutating func add(_ numbers: [Float]) {
        var count = 0, sum = 0.0
        for number in numbers where number.isFinite {
            count += 1
            sum += Double(number)
            minimum = Swift.min(minimum, number)
            maximum = Swift.max(maximum, number)
        }
        nonFiniteCount += numbers.count - count
        guard count > 0 else { return }
        let partMean = sum / Double(count)
        var partDistances = 0.0
        for number in numbers where number.isFinite {
            let distance = Double(number) - partMean
            partDistances += distance * distance
        }
        // The sums of two parts together (Chan, Golub and LeVeque 1983), which loses no digits where the mean is far from 0.
        let total = Double(finiteCount + count), distance = partMean - mean
        squaredDistances += partDistances + distance * distance * Double(finiteCount) * Double(count) / total
        mean += distance * Double(count) / total
        finiteCount += count
    }
}

extension QuantizedMatrix {
    /// The distribution of the weights, read a few thousand at a time.
    public var statistics: ElementStatistics {
        var statistics = ElementStatistics()
        // Blocks follow one another without gaps, whatever the rows, so that a long row is divided as well.
        let blocks = bytes.count / format.blockBytes
        guard
            let matrix = QuantizedMatrix(rows: blocks, columns: format.blockWeights, format: format, bytes: bytes)
        else { preconditionFailure("a quantized matrix holds whole blocks") }
        let step = Swift.max(1, 65_536 / format.blockWeights)
        for start in stride(from: 0, to: blocks, by: step) {
            let part: Tensor<Float> = matrix.dequantized(rows: start..<Swift.min(start + step, blocks))
            statistics.add(part.scalars)
        }
        return statistics
    }
}
