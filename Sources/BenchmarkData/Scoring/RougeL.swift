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
