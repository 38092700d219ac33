import Testing

@testable import Tensors

@Suite struct GrowingRowsTests {
    private func row(_ value: Float, count: Int = 1) -> Tensor<Float> { Tensor(repeating: value, shape: [count, 3]) }

    @Test func rowsAreAppendedInOrder() {
        var growing = GrowingRows<Float>(width: 3)
        #expect(growing.rows.shape == [0, 3])
        for index in 0..<50 { growing.append(row(Float(index))) }
        growing.append(row(50, count: 40))
        #expect(growing.rows.shape == [90, 3])
        let expected = (0..<50).map { Float($0) } + [Float](repeating: 50, count: 40)
        #expect(growing.rows.scalars == expected.flatMap { [$0, $0, $0] })
    }

    @Test func rowsHandedOutStayUnchanged() {
        var growing = GrowingRows<Float>(width: 3)
        growing.append(row(1, count: 2))
        let before = growing.rows
        for _ in 0..<20 { growing.append(row(2)) }
        #expect(before == row(1, count: 2))
        #expect(growing.rows[0..<2] == before)
    }

    @Test func copiesGrowApart() {
        var first = GrowingRows<Float>(width: 3)
        first.append(row(1))
        var second = first
        first.append(row(2))
        second.append(row(3))
        #expect(first.rows == Tensor(concatenating: [row(1), row(2)]))
        #expect(second.rows == Tensor(concatenating: [row(1), row(3)]))
    }

    @Test func memoryIsReusedUntilItIsFull() {
        var growing = GrowingRows<Float>(width: 3)
        growing.append(row(0))
        var moves = 0
        for _ in 1..<1000 {
            let place = growing.rows.start
            growing.append(row(0))
            if growing.rows.start != place { moves += 1 }
        }
        #expect((1...7).contains(moves))
    }
}

@Suite struct BufferPoolTests {
    @Test func sizeClassesWasteAtMostAQuarter() {
        let powers = (15..<46).map { 1 << $0 }
        let requests = Array(0...20_000) + powers.flatMap { [$0 - 1, $0, $0 + 1, 11 * $0 / 8] }
        func isSound(_ bytes: Int) -> Bool {
            let size = BufferPool.sizeClass(bytes)
            return size >= bytes && size <= max(256, bytes + bytes / 4) && size % BufferPool.alignment == 0
                && BufferPool.sizeClass(size) == size
        }
        #expect(requests.filter { !isSound($0) } == [])
        #expect(zip(requests, requests.dropFirst()).allSatisfy { BufferPool.sizeClass($0) <= BufferPool.sizeClass($1) })
    }

    @Test func blocksAreAlignedAndComeBack() {
        // A class of its own, so that no other test takes the block in between.
        let size = BufferPool.sizeClass(5 << 20)
        let block = BufferPool.take(sizeClass: size)
        #expect(Int(bitPattern: block) % BufferPool.alignment == 0)
        let other = BufferPool.take(sizeClass: size)
        #expect(other != block)
        BufferPool.giveBack(block, sizeClass: size)
        #expect(BufferPool.take(sizeClass: size) == block)
        BufferPool.giveBack(block, sizeClass: size)
        BufferPool.giveBack(other, sizeClass: size)
        BufferPool.drain()
        BufferPool.giveBack(BufferPool.take(sizeClass: size), sizeClass: size)
    }

    @Test func tensorsGiveTheirMemoryBack() {
        let shape = [7 << 20]
        let place = Tensor<Float>(uninitialized: shape).start
        #expect(Tensor<Float>(uninitialized: shape).start == place)
        let kept = Tensor<Float>(uninitialized: shape)
        #expect(Tensor<Float>(uninitialized: shape).start != kept.start)
    }
}
