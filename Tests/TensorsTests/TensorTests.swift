import SeededRandom
import Testing

@testable import Tensors

@Suite struct TensorTests {
    private static let numbers = (0..<12).map { Double($0) }
    private let whole = Tensor(numbers, shape: [3, 4])

    /// Every way to write to a tensor in place.
    static let writes: [String: @Sendable (inout Tensor<Double>) -> Void] = [
        "add": { $0.add(Tensor(repeating: 1, shape: $0.shape)) },
        "add itself": { $0.add($0) },
        "add scaled": { $0.add(Tensor(repeating: 1, shape: $0.shape), scaledBy: 2) },
        "add a product": { $0.add(productOf: Tensor(repeating: 1, shape: $0.shape), $0) },
        "scale": { $0.scale(by: 3) },
    ]

    @Test(arguments: writes.keys.sorted()) func copiesAndViewsNeverSeeAWrite(_ name: String) throws {
        let write = try #require(Self.writes[name])
        var changed = whole
        let copy = changed, row = changed[1], rows = changed[1..<3], reshaped = changed.reshaped([2, 6])
        write(&changed)
        #expect(changed != whole)
        #expect(copy.scalars == Self.numbers)
        #expect(row.scalars == [4, 5, 6, 7])
        #expect(rows.scalars == Array(Self.numbers[4...]))
        #expect(reshaped.scalars == Self.numbers)
    }

    @Test(arguments: writes.keys.sorted()) func aWriteToAViewStaysThere(_ name: String) throws {
        let write = try #require(Self.writes[name])
        var view = whole[1], other = Tensor<Double>([4, 5, 6, 7], shape: [4])
        write(&view)
        write(&other)
        #expect(view == other)
        #expect(whole.scalars == Self.numbers)
    }

    @Test func aSoleOwnerIsWrittenInPlace() {
        var tensor = Tensor(Self.numbers, shape: [12])
        let place = tensor.start
        tensor.scale(by: 2)
        #expect(tensor.start == place)
        #expect(tensor.scalars == Self.numbers.map { 2 * $0 })
    }

    @Test func writesComputeWhatTheySay() {
        var x = Tensor<Double>([1, 2], shape: [2])
        x.add(Tensor([10, 20], shape: [2]))
        #expect(x.scalars == [11, 22])
        x.add(Tensor([1, -1], shape: [2]), scaledBy: 2)
        #expect(x.scalars == [13, 20])
        x.add(productOf: Tensor([2, 3], shape: [2]), Tensor([4, 5], shape: [2]))
        #expect(x.scalars == [21, 35])
        x.add(x)
        #expect(x.scalars == [42, 70])
        x.scale(by: 0.5)
        #expect(x.scalars == [21, 35])
    }

    @Test func partsOfPartsLieWhereTheyShould() {
        let cube = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
        #expect(cube[1].shape == [3, 4])
        #expect(cube[1][2].scalars == [20, 21, 22, 23])
        #expect(cube[1][1..<3][0].scalars == [16, 17, 18, 19])
        #expect(cube[1][2][3].item == 23)
        #expect(cube[1][2][3].shape == [])
        #expect(cube[0..<0].shape == [0, 3, 4])
        #expect(cube[1..<2].reshaped([12]).scalars == (12..<24).map { Float($0) })
    }

    @Test func extentsAreCounted() {
        let cube = Tensor<Float>(zeros: [2, 3, 4])
        #expect(cube.count == 24 && cube.width == 4 && cube.rows == 6)
        let scalar = Tensor<Float>(scalar: 5)
        #expect(scalar.count == 1 && scalar.width == 1 && scalar.rows == 1 && scalar.item == 5)
        let empty = Tensor<Float>(zeros: [3, 0])
        #expect(empty.count == 0 && empty.width == 0 && empty.rows == 3 && empty.scalars == [])
    }

    @Test func tensorsAreJoinedAndRepeated() {
        let joined = Tensor(concatenating: [whole[2..<3], whole[0..<2], whole[0..<0]])
        #expect(joined == Tensor(Self.numbers[8...] + Self.numbers[..<8], shape: [3, 4]))
        let repeated = whole[1].repeated(2)
        #expect(repeated == Tensor([4, 5, 6, 7, 4, 5, 6, 7], shape: [2, 4]))
        #expect(whole.repeated(0).shape == [0, 3, 4])
    }

    @Test func precisionIsConverted() {
        let fine = Tensor([0.1, 1e300, -2], shape: [3])
        #expect(fine.converted(to: Float.self).scalars == [0.1, .infinity, -2])
        #expect(fine.converted(to: Float.self).converted(to: Double.self)[0].item == Double(Float(0.1)))
        #expect(fine.converted(to: Double.self) == fine)
    }

    @Test func equalityMindsShapeAndElements() {
        #expect(whole == Tensor(Self.numbers, shape: [3, 4]))
        #expect(whole != whole.reshaped([4, 3]))
        #expect(whole != whole.scaled(by: -1))
        #expect(Tensor<Float>(repeating: 2, shape: [2]) == Tensor([2, 2], shape: [2]))
        #expect(Tensor<Float>(zeros: [2]) == Tensor(repeating: 0, shape: [2]))
    }

    @Test func seededTensorsAreDrawnFromANormalDistribution() {
        let drawn: Tensor<Float> = randomTensor([50, 100], seed: 7)
        var random = RandomSource(seed: 7)
        let mean = drawn.columnSums().scalars.reduce(0, +) / 5000
        #expect(abs(mean) < 0.07)
        #expect(abs(drawn.dot(drawn) / 5000 - 1) < 0.1)
        #expect(drawn == Tensor(normal: [50, 100], standardDeviation: 1, using: &random))
        #expect(drawn.scaled(by: 0.5) != Tensor(normal: [50, 100], standardDeviation: 0.5, using: &random))
    }
}
