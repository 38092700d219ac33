/// The words of a text, for retrieval: runs of letters and digits of any script, in lower case.
///
/// Punctuation and symbols divide words: "well-known" is two, "don't" too. An ideograph is a word of its own, since
/// Chinese writes no gaps between words. Canonically equivalent spellings are equal, as `String`s always are.
enum Words {
    static func split(_ text: String) -> [String] {
        text.lowercased().split { !$0.isPartOfWord }.flatMap { run in
            run.utf8.allSatisfy { $0 < 0x80 } ? [String(run)] : withIdeographsApart(run)
        }
    }

    private static func withIdeographsApart(_ run: Substring) -> [String] {
        var words: [String] = []
        var rest = run
        while let first = rest.first {
            let word = first.isIdeograph ? rest.prefix(1) : rest.prefix { !$0.isIdeograph }
            words.append(String(word))
            rest = rest[word.endIndex...]
        }
        return words
    }
}

extension Character {
    /// Of text in lower case. ASCII is looked at first since most text is, and properties take long to look up.
    fileprivate var isPartOfWord: Bool {
        guard let ascii = asciiValue else { return isLetter || isNumber }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(ascii)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(ascii)
    }

    fileprivate var isIdeograph: Bool { unicodeScalars.first?.properties.isIdeographic ?? false }
}
