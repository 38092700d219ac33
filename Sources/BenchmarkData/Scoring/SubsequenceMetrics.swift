/// ROUGE-L of summaries (Lin 2004), in the form that LongBench's scores have: that of the Python package `rouge` 1.0.1.
///
/// Sentences end at full stops and words are what stands between white space, letter case and all. Of each pair of
/// sentences the words of a longest common subsequence are collected. What counts is the number of different words:
/// those collected, divided by those of the output (precision) and by those of the reference (recall).
enum RougeL {
    /// The harmonic mean of precision and recall, from 0 to 1.
    static func score(_ output: String, _ reference: String) -> Double {
        var numbers: [Substring: Int] = [:]
        let evaluated = sentences(output, numbers: &numbers)
        let expected = sentences(reference, numbers: &numbers)
        let total = Set(evaluated.joined()).count + Set(expected.joined()).count
        var common: Set<Int> = []
        for sentence in expected {
            for other in evaluated { common.formUnion(CommonSubsequence.longest(sentence, other)) }
        }
        // 2PR / (P + R) with P = common/evaluated and R = common/expected.
        return total == 0 ? 0 : 2 * Double(common.count) / Double(total)
    }

    /// The sentences, each word as its number, which is quick to compare.
    ///
    /// White space between full stops is a sentence too, of one empty word, as in that package.
    private static func sentences(_ text: String, numbers: inout [Substring: Int]) -> [[Int]] {
        text.split(separator: ".").map { sentence in
            let words = sentence.split(whereSeparator: \.isWhitespace)
            return (words.isEmpty ? [""] : words).map { word in
                let number = numbers[word] ?? numbers.count
                numbers[word] = number
                return number
            }
        }
    }
}

/// The similarity of a line of code by LongBench's rule: of the output's lines the first that holds no comment and no
/// mark of a block is compared with the answer.
///
/// The similarity of texts of m and n characters is 2l / (m + n), where l is the length of their longest common
/// subsequence, in whole percent. It is what the package `fuzzywuzzy` computes where `python-Levenshtein` is installed;
/// without that it finds matching blocks in another way and gives other numbers.
enum CodeSimilarity {
    static func score(_ output: String, _ answer: String) -> Double {
        let lines = output.drop(while: \.isLineBreak).split(
            omittingEmptySubsequences: false, whereSeparator: \.isLineBreak)
        let line = lines.first { !$0.contains("`") && !$0.contains("#") && !$0.contains("//") } ?? ""
        return similarity(Array(line.unicodeScalars), Array(answer.unicodeScalars))
    }

    private static func similarity(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Double {
        guard first != second else { return 1 }
        guard !first.isEmpty, !second.isEmpty else { return 0 }
        let total = first.count + second.count
        // The number of characters to remove and to insert.
        let distance = total - 2 * CommonSubsequence.length(first, second)
        return (100 * (1 - Double(distance) / Double(total))).rounded(.toNearestOrEven) / 100
    }
}

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
