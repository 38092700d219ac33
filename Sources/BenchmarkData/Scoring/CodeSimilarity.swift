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
