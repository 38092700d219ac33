import Testing

import PERKModel

struct MiddleTruncationTests {
    @Test(arguments: [
        (0, []), (1, [5]), (2, [1, 5]), (3, [1, 4, 5]), (4, [1, 2, 4, 5]), (5, [1, 2, 3, 4, 5]), (6, [1, 2, 3, 4, 5]),
        (Int.max, [1, 2, 3, 4, 5]),
    ])
    func beginningAndEndStay(_ room: Int, _ expected: [Int]) {
        #expect([1, 2, 3, 4, 5].truncatedInMiddle(toFit: room) == expected)
    }

    @Test func noTokensFitAnywhere() {
        #expect([Int]().truncatedInMiddle(toFit: 0) == [])
        #expect([Int]().truncatedInMiddle(toFit: 3) == [])
    }
}
