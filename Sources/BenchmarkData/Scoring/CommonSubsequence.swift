/// The longest common subsequence of two sequences, by dynamic programming over their prefixes.
enum CommonSubsequence {
    /// How long it is. Takes memory for one row.
    static func length<Element: Equatable>(_ first: [Element], _ second: [Element]) -> Int {
        var row = Row(count: second.count)
        for element in first { row.advance(element, second) { _, _ in } }
        return row.lengths[second.count]
    }

    /// The elements of one of the longest. Takes a byte for each pair of elements.
    ///
    /// Of several, the one that is found from the ends backwards when, of two prefixes that are equally good, that with
    /// the whole of `first` is taken.
    static func longest<Element: Equatable>(_ first: [Element], _ second: [Element]) -> [Element] {
        var row = Row(count: second.count)
        // Whether the prefix without the element of `first` is the better one.
        var isWithout = [Bool](repeating: false, count: first.count * second.count)
        for (index, element) in first.enumerated() {
            row.advance(element, second) { isWithout[index * second.count + $0] = $1 }
        }
        var elements: [Element] = []
        var (i, j) = (first.count, second.count)
        while i > 0, j > 0 {
            if first[i - 1] == second[j - 1] {
                elements.append(first[i - 1])
                (i, j) = (i - 1, j - 1)
            } else if isWithout[(i - 1) * second.count + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
        return elements.reversed()
    }

    /// The lengths for a prefix of the first sequence and every prefix of the second, from the empty one on.
    private struct Row {
        var lengths: [Int]

        init(count: Int) { lengths = Array(repeating: 0, count: count + 1) }

        /// Lengthens the first sequence's prefix by an element.
        ///
        /// - Parameter visit: is told of each element of the second sequence whether the length above, without the new
        ///   element, is greater than that to the left.
        mutating func advance<Element: Equatable>(
            _ element: Element, _ second: [Element], visit: (_ index: Int, _ isAboveGreater: Bool) -> Void
        ) {
            var diagonal = 0
            for (index, other) in second.enumerated() {
                let (above, left) = (lengths[index + 1], lengths[index])
                visit(index, above > left)
                lengths[index + 1] = element == other ? diagonal + 1 : max(above, left)
                diagonal = above
            }
        }
    }
}
