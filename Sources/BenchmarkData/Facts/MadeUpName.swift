import Tensors

/// Names composed of syllables, such as "Traimo" or "Kelloshi". A vocabulary trained on the listed names cuts them into
/// several pieces, so that a learner meets names of more than one piece, each of them new.
enum MadeUpName {
    private static let onsets =
        "b c d f g h j k l m n p r s t v w br ch cl cr dr fl fr gr kr pr sh sl st th tr".words + blanks(3)
    private static let nuclei = "a a e e i i o o u ai ea ie y".words
    private static let codas = "n r l s t d m k x nd rt ll th sh".words + blanks(14)

    /// A capitalized name of two or three syllables. The most common length is two.
    static func drawn(using random: inout RandomSource) -> String {
        word(using: &random).capitalized
    }

    /// The same without the capital.
    static func word(using random: inout RandomSource) -> String {
        var word = ""
        for _ in 0..<random.choice(of: [2, 2, 3]) {
            word += random.choice(of: onsets) + random.choice(of: nuclei) + random.choice(of: codas)
        }
        return word
    }

    /// Syllables without an onset or a coda are drawn as often as this many of those with one.
    private static func blanks(_ count: Int) -> [String] { Array(repeating: "", count: count) }
}

extension String {
    fileprivate var words: [String] { split(separator: " ").map(String.init) }
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
