import Testing

@testable import Tensors

/// The kernels of products of Floats, whose numbers depend neither on where a column or a row stands, nor on layouts and
/// threads.
@Suite struct GemmTests {
    /// Rows, inner extent, columns: whole tiles, parts of them, more than a block of each extent, and rows 4 KiB apart.
    static let extents = [
        (12, 16, 32), (13, 300, 33), (1, 40, 20), (5, 1, 17), (260, 70, 50), (31, 520, 7), (30, 1024, 40),
    ]

    @Test(arguments: extents, Arithmetic.allCases)
    func frozenProductsAreTheSumsWrittenOut(_ extents: (Int, Int, Int), _ arithmetic: Arithmetic) {
        let (rows, inner, columns) = extents
        for transposed in [true, false] {
            let weight: Tensor<Float> = randomTensor(transposed ? [columns, inner] : [inner, columns], seed: 1)
            let a: Tensor<Float> = randomTensor([rows, inner], seed: 2)
            let existing: Tensor<Float> = randomTensor([rows, columns], seed: 3)
            let frozen = FrozenMatrix(.dense(weight), arithmetic: arithmetic)
            let (x, w) = arithmetic == .bf16 ? (rounded(a), rounded(weight)) : (a, weight)
            let expected = Tensor<Double>.product(
                x.converted(), w.converted(), transposing: transposed ? .right : .neither, adding: existing.converted())
            let found = Tensor.product(a, frozen, transposed: transposed, adding: existing)
            #expect(error(of: found, from: expected.converted()) < 1e-5)
        }
    }

    /// The nearest number with 8 bits, the even one of two, by arithmetic instead of bits.
    private func rounded(_ tensor: Tensor<Float>) -> Tensor<Float> {
        Tensor(
            tensor.scalars.map { x in
                let unit = x.ulp * 65536
                return (x / unit).rounded(.toNearestOrEven) * unit
            }, shape: tensor.shape)
    }

    @Test(arguments: Arithmetic.allCases, [true, false])
    func layoutsAndThreadsLeaveEveryBit(_ arithmetic: Arithmetic, _ transposed: Bool) throws {
        let quantized = try randomQuantized(600, 544, .q4_1, seed: 4)
        let dense: Tensor<Float> = quantized.dequantized()
        let a: Tensor<Float> = randomTensor([70, transposed ? 544 : 600], seed: 5)
        let expected = Tensor.product(a, FrozenMatrix(.dense(dense), arithmetic: arithmetic), transposed: transposed)
        let layouts = MatrixLayouts(budget: ByteBudget(bytes: 1 << 22))
        let others = [
            FrozenMatrix<Float>(.quantized(quantized), arithmetic: arithmetic),
            FrozenMatrix(.quantized(quantized), arithmetic: arithmetic, layouts: layouts),
            FrozenMatrix(.dense(dense), arithmetic: arithmetic, layouts: layouts),
            FrozenMatrix(
                .quantized(quantized), arithmetic: arithmetic, layouts: MatrixLayouts(budget: ByteBudget(bytes: 1000))),
        ]
        for threads in 1...3 {
            ThreadBudget.with(threads) {
                for other in others { #expect(Tensor.product(a, other, transposed: transposed) == expected) }
            }
        }
    }

    @Test func eachArithmeticHasALayoutOfItsOwn() {
        let weight: Tensor<Float> = randomTensor([64, 40], seed: 6), a: Tensor<Float> = randomTensor([9, 40], seed: 7)
        let layouts = MatrixLayouts(budget: ByteBudget(bytes: 1 << 20))
        for arithmetic in Arithmetic.allCases {
            let plain = FrozenMatrix(.dense(weight), arithmetic: arithmetic)
            let laidOut = FrozenMatrix(.dense(weight), arithmetic: arithmetic, layouts: layouts)
            #expect(Tensor.product(a, laidOut, transposed: true) == Tensor.product(a, plain, transposed: true))
        }
    }

    @Test func runsOfRowsAreLaidOutByThemselves() {
        let weight: Tensor<Float> = randomTensor([96, 40], seed: 6), a: Tensor<Float> = randomTensor([9, 40], seed: 7)
        let frozen = FrozenMatrix(
            .dense(weight), arithmetic: .float32, layouts: MatrixLayouts(budget: ByteBudget(bytes: 1 << 20)))
        for range in [0..<64, 64..<96, 0..<96] {
            #expect(
                Tensor.product(a, frozen.rows(range), transposed: true)
                    == Tensor.product(a, weight[range], transposing: .right))
        }
    }

    @Test(arguments: Arithmetic.allCases)
    func rowsAndColumnsDoNotDependOnTheirNeighbours(_ arithmetic: Arithmetic) {
        let a: Tensor<Float> = randomTensor([61, 300], seed: 8), w: Tensor<Float> = randomTensor([75, 300], seed: 9)
        let all = Tensor.product(a, FrozenMatrix(.dense(w), arithmetic: arithmetic), transposed: true)
        for (rows, columns) in [(0..<2, 0..<75), (13..<40, 3..<4), (50..<61, 40..<75)] {
            let part = Tensor.product(
                a[rows], FrozenMatrix(.dense(w[columns]), arithmetic: arithmetic), transposed: true)
            for (index, row) in rows.enumerated() {
                #expect(part[index] == Tensor(all[row].scalars[columns], shape: [columns.count]))
            }
        }
    }
}
