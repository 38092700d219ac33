/// Divides plain text into sentences.
///
/// A line break ends a sentence, since lists and headings have no full stop, unless the text is wrapped: a line that
/// does not end a sentence goes on in the next one if that begins with a small letter.
struct SentenceSplitter {
    private static let enders: Set<Character> = [".", "!", "?", "…"]
    private static let closers: Set<Character> = ["\"", "'", "”", "’", ")", "]", "»"]
    /// Words whose full stop is part of the word.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "mt", "vs", "e.g", "i.e", "approx",
    ]

    /// The sentences of `text`, trimmed, with inner white space as single spaces; none is empty.
    func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var words: [Substring] = []
        func finish() {
            if !words.isEmpty { sentences.append(words.joined(separator: " ")) }
            words = []
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let pieces = line.split(whereSeparator: \.isWhitespace)
            if pieces.first?.first?.isLowercase != true { finish() }
            for piece in pieces {
                words.append(piece)
                if endsSentence(piece) { finish() }
            }
        }
        finish()
        return sentences
    }

    private func endsSentence(_ word: Substring) -> Bool {
        var stem = word
        while let last = stem.last, Self.closers.contains(last) { stem.removeLast() }
        guard let ender = stem.popLast(), Self.enders.contains(ender) else { return false }
        if ender != "." { return true }
        // "J." or "J.R.R." in a name, "U.S.", "Dr.", "e.g."
        let letters = stem.split(separator: ".")
        let isInitials = !letters.isEmpty && letters.allSatisfy { $0.count == 1 && $0.first?.isUppercase == true }
        return !isInitials && !Self.abbreviations.contains(stem.lowercased())
    }
}
