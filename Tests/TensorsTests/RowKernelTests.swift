import Tensors
import Testing

/// Row and column operations against loops written out.
@Suite struct RowKernelTests {
    private static let shape = [2, 3, 5]
    private let a: Tensor<Double> = randomTensor(shape, seed: 1)
    private let b: Tensor<Double> = randomTensor(shape, seed: 2)
    private let overColumns: Tensor<Double> = randomTensor([5], seed: 3)
    private let overRows: Tensor<Double> = randomTensor([2, 3], seed: 4)

    /// A tensor of the common shape from a function of row and column.
    private func tensor(_ element: (Int, Int) -> Double) -> Tensor<Double> {
        Tensor((0..<30).map { element($0 / 5, $0 % 5) }, shape: Self.shape)
    }

    @Test func vectorsAreSpreadOverRows() {
        let (x, columns, rows) = (a.scalars, overColumns.scalars, overRows.scalars)
        #expect(a.addingToRows(overColumns) == tensor { x[5 * $0 + $1] + columns[$1] })
        #expect(a.multiplyingRows(overColumns) == tensor { x[5 * $0 + $1] * columns[$1] })
        #expect(a.scalingRows(overRows) == tensor { x[5 * $0 + $1] * rows[$0] })
    }

    @Test func rowsAndColumnsAreSummed() {
        let (x, y) = (a.scalars, b.scalars)
        func sum(_ indices: StrideTo<Int>, _ element: (Int) -> Double) -> Double {
            indices.reduce(0) { $0 + element($1) }
        }
        let alongRows = (0..<6).map { row in sum(stride(from: 5 * row, to: 5 * row + 5, by: 1)) { x[$0] * y[$0] } }
        let alongColumns = (0..<5).map { column in sum(stride(from: column, to: 30, by: 5)) { x[$0] * y[$0] } }
        #expect(error(of: a.rowProducts(b), from: Tensor(alongRows, shape: [2, 3])) < 1e-14)
        #expect(error(of: a.columnProducts(b), from: Tensor(alongColumns, shape: [5])) < 1e-14)
        let sums = (0..<5).map { column in sum(stride(from: column, to: 30, by: 5)) { x[$0] } }
        #expect(error(of: a.columnSums(), from: Tensor(sums, shape: [5])) < 1e-14)
        #expect(abs(a.dot(b) - alongColumns.reduce(0, +)) < 1e-13)
    }

    @Test func rowsAreCentered() {
        let x = a.scalars
        let rows = stride(from: 0, to: 30, by: 5).map { Array(x[$0..<$0 + 5]) }
        let centered = rows.flatMap { row in row.map { $0 - row.reduce(0, +) / 5 } }
        #expect(error(of: a.centeringRows(), from: Tensor(centered, shape: Self.shape)) < 1e-14)
    }

    @Test func columnsAreTakenAndPutBack() {
        let x = a.scalars
        let taken = a.columns(1..<3)
        let rows = stride(from: 0, to: 30, by: 5).map { Array(x[$0..<$0 + 5]) }
        #expect(taken == Tensor(rows.flatMap { [$0[1], $0[2]] }, shape: [2, 3, 2]))
        let placed: [Double] = rows.flatMap { row -> [Double] in [0, row[1], row[2], 0, 0] }
        #expect(taken.placingColumns(at: 1, of: 5) == Tensor(placed, shape: Self.shape))
        #expect(a.columns(0..<5) == a)
    }

    @Test func theInnerProductOfTwoVectorsIsAScalar() {
        let product = overColumns.rowProducts(overColumns)
        #expect(product.shape == [])
        #expect(abs(product.item - overColumns.dot(overColumns)) < 1e-14)
    }

    @Test func singlePrecisionFollowsDouble() {
        let (x, y): (Tensor<Float>, Tensor<Float>) = (a.converted(), b.converted())
        func check(_ found: Tensor<Float>, _ expected: Tensor<Double>) {
            #expect(error(of: found.converted(), from: expected) < 1e-6)
        }
        check(x + y, a + b)
        check(x - y, a - b)
        check(x * y, a * b)
        check(x.scaled(by: -3), a.scaled(by: -3))
        check(x.addingToRows(overColumns.converted()), a.addingToRows(overColumns))
        check(x.multiplyingRows(overColumns.converted()), a.multiplyingRows(overColumns))
        check(x.scalingRows(overRows.converted()), a.scalingRows(overRows))
        check(x.rowProducts(y), a.rowProducts(b))
        check(x.columnProducts(y), a.columnProducts(b))
        check(x.columnSums(), a.columnSums())
        check(x.centeringRows(), a.centeringRows())
        check(x.columns(2..<4), a.columns(2..<4))
        #expect(abs(x.dot(y) - a.dot(b)) < 1e-5)
    }

    @Test func scatteringIsTheTransposeOfGathering() {
        let table: Tensor<Double> = randomTensor([4, 5], seed: 5), chosen: [Int32] = [3, 0, 3, 3, 1]
        let gathered = table.gatheringRows(chosen)
        #expect(gathered == Tensor(concatenating: chosen.map { table[Int($0)..<Int($0) + 1] }))
        let other: Tensor<Double> = randomTensor([5, 5], seed: 6)
        let scattered = other.scatteringRows(chosen, rows: 4)
        #expect(abs(gathered.dot(other) - table.dot(scattered)) < 1e-13)
        #expect(scattered[2] == Tensor(zeros: [5]))
        #expect(table.gatheringRows([]).shape == [0, 5])
        #expect(Tensor<Double>(zeros: [0, 5]).scatteringRows([], rows: 2) == Tensor(zeros: [2, 5]))
    }

    @Test func theFirstOfTheLargestElementsIsFound() {
        let rows: [Float] = [1, 3, 2, -5, -1, -1, 0, 0, 0, -.infinity, 4, .infinity]
        #expect(Tensor(rows, shape: [4, 3]).argmaxOfRows() == [1, 1, 0, 2])
        let wide: Tensor<Double> = randomTensor([3, 101], seed: 7)
        #expect(
            wide.argmaxOfRows()
                == (0..<3).map { row in wide[row].scalars.firstIndex(of: wide[row].scalars.max() ?? .nan) })
        #expect(Tensor<Float>(zeros: [0, 3]).argmaxOfRows() == [])
    }

    @Test func whatIsNotFiniteIsSeen() {
        for bad in [Float.nan, .infinity, -.infinity] {
            #expect(!Tensor([1, bad, 2], shape: [3]).isFinite)
        }
        #expect(Tensor<Float>([.greatestFiniteMagnitude, -1], shape: [2]).isFinite)
        #expect(Tensor<Float>(zeros: [0]).isFinite)
    }
}
