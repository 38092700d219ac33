import Foundation
import PERKModel
import SeededRandom

/// Questions that any text brings with it: gaps in its own sentences (Taylor 1953).
///
/// A gap takes one to four words that begin and end with a name, a number or another word of content, and the document has
/// one answer to it alone: nowhere else do the words before it and after it stand around something else.
struct ClozeQuestions {
    /// What a gap is made of.
    private struct Gap {
        let sentence: Int
        let words: Range<Int>
    }

    static let introduction = "Fill in the gap:"
    static let blank = "____"
    /// The most words on each side of a gap; beyond them stands an ellipsis.
    static let reach = 10
    /// The fewest words of a sentence around its gap.
    private static let fewestAround = 3
    private static let longestGap = 4

    /// The words of each sentence.
    private let sentences: [[Substring]]
    private let gaps: [Gap]

    init(text: String) {
        self.init(sentences: TextFormat().parts(of: text))
    }

    init(sentences: [String]) {
        let words = sentences.map { $0.split(separator: " ") }
        self.sentences = words
        gaps = words.enumerated().flatMap { index, words in
            Self.gaps(in: words).map { Gap(sentence: index, words: $0) }
        }
    }

    /// Questions about as many different sentences as there are, then about further gaps of the same; fewer than `count`
    /// where the text has no more.
    func draw(_ count: Int, using random: inout RandomSource) -> [DocumentQuestion] {
        var questions: [DocumentQuestion] = []
        var rounds: [[Gap]] = []
        var seen: [Int: Int] = [:]
        // Names and numbers three times as often as other words.
        let order = gaps.map { gap in
            (key: -log(max(1e-300, random.uniform())) / (isNamed(gap) ? 3 : 1), gap: gap)
        }.sorted { $0.key < $1.key }
        for (_, gap) in order {
            let round = seen[gap.sentence, default: 0]
            seen[gap.sentence] = round + 1
            if round == rounds.count { rounds.append([]) }
            rounds[round].append(gap)
        }
        for gap in rounds.joined() where questions.count < count {
            guard let question = question(for: gap), !questions.contains(where: { $0.question == question.question })
            else { continue }
            questions.append(question)
        }
        return questions
    }

    /// Whether anything in the text stands where a question about another text has its gap.
    func answers(_ question: DocumentQuestion) -> Bool {
        let text = String(question.question.dropFirst(Self.introduction.count + 1))
        return !Self.answers(to: text, in: sentences).isEmpty
    }

    /// The runs of words that may be left out.
    private static func gaps(in words: [Substring]) -> [Range<Int>] {
        words.indices.flatMap { start in
            (1...longestGap).compactMap { length in
                let range = start..<start + length
                guard range.upperBound <= words.count, words.count - length >= fewestAround,
                    isContent(words[start]), isContent(words[range.upperBound - 1]),
                    // A sentence's own punctuation ends a phrase.
                    words[range].dropLast().allSatisfy({ $0.last.map(isPartOfWord) ?? false }),
                    words[range].dropFirst().allSatisfy({ $0.first.map(isPartOfWord) ?? false })
                else { return nil }
                return range
            }
        }
    }

    private static func isPartOfWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }

    private static func isContent(_ word: Substring) -> Bool {
        let bare = word.withoutPunctuation
        return bare.contains(where: isPartOfWord) && !functionWords.contains(bare.lowercased())
    }

    private func isNamed(_ gap: Gap) -> Bool {
        let word = sentences[gap.sentence][gap.words.lowerBound].withoutPunctuation
        return word.first?.isNumber == true || gap.words.lowerBound > 0 && word.first?.isUppercase == true
    }

    /// `nil` where the document allows another answer, or gives this one away in the sentence.
    private func question(for gap: Gap) -> DocumentQuestion? {
        let words = sentences[gap.sentence]
        let answer = words[gap.words].joined(separator: " ").withoutPunctuation
        let before = words[..<gap.words.lowerBound].suffix(Self.reach)
        let after = words[gap.words.upperBound...].prefix(Self.reach)
        let around = (before + after).joined(separator: " ")
        guard around.range(of: answer, options: .caseInsensitive) == nil else { return nil }
        // What the gap's own words have around the answer stays in the question: quotation marks, a comma, a full stop.
        let whole = words[gap.words].joined(separator: " ")
        guard let place = whole.range(of: answer) else { return nil }
        let filled = whole.replacingCharacters(in: place, with: Self.blank)
        let text =
            (gap.words.lowerBound > before.count ? "… " : "") + (before + [filled[...]] + after).joined(separator: " ")
            + (words.count - gap.words.upperBound > after.count ? " …" : "")
        guard Self.answers(to: text, in: sentences) == [answer] else { return nil }
        return DocumentQuestion(question: "\(Self.introduction) \(text)", answers: [answer])
    }

    /// All that stands in a document's sentences where a text with a gap has its blank.
    private static func answers(to text: String, in sentences: [[Substring]]) -> Set<String> {
        let parts = text.components(separatedBy: blank)
        // The text may have a blank of its own.
        guard parts.count == 2 else { return [] }
        let (left, right) = (parts[0], parts[1])
        let (before, after) = (
            left.hasPrefix("… ") ? left.dropFirst(2) : left[...], right.hasSuffix(" …") ? right.dropLast(2) : right[...]
        )
        var found: Set<String> = []
        for words in sentences {
            let sentence = words.joined(separator: " ")
            var rest = sentence[...]
            while let start = before.isEmpty ? rest.startIndex..<rest.startIndex : rest.range(of: before) {
                let tail = rest[start.upperBound...]
                if after.isEmpty {
                    found.insert(String(tail))
                } else {
                    var from = tail.startIndex
                    while let end = tail[from...].range(of: after) {
                        found.insert(String(tail[..<end.lowerBound]))
                        from = tail.index(after: end.lowerBound)
                    }
                }
                if before.isEmpty || rest.isEmpty { break }
                rest = rest[rest.index(after: start.lowerBound)...]
            }
        }
        return found.filter { !$0.isEmpty && $0.split(separator: " ").count <= longestGap }
    }

    /// Words that say little by themselves.
    private static let functionWords: Set<String> = [
        "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
        "because", "been", "before", "being", "below", "between", "both", "but", "by", "can", "could", "did", "do",
        "does", "down", "during", "each", "either", "even", "every", "few", "for", "from", "had", "has", "have", "he",
        "her", "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "may", "me",
        "might", "more", "most", "much", "must", "my", "no", "nor", "not", "now", "of", "off", "on", "once", "only",
        "or", "other", "our", "out", "over", "own", "shall", "she", "should", "so", "some", "such", "than", "that",
        "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "under",
        "until", "up", "upon", "us", "very", "was", "we", "were", "what", "when", "where", "which", "while", "who",
        "whom", "why", "will", "with", "would", "you", "your",
    ]
}

extension StringProtocol {
    /// The text without the punctuation at its ends.
    fileprivate var withoutPunctuation: String { trimmingCharacters(in: .alphanumerics.inverted) }
}

extension QADocument {
    /// The row with so many gaps in its own sentences as further questions.
    ///
    /// - Throws: `NoClozes` where it would have no question then.
    public func addingClozes(_ count: Int, seed: UInt64) throws(NoClozes) -> QADocument {
        guard count > 0 else { return self }
        var random = RandomSource(seed: seed)
        let all = questions + ClozeQuestions(text: text).draw(count, using: &random)
        guard !all.isEmpty else { throw NoClozes() }
        var document = self
        document.questions = all
        return document
    }
}

/// A text without a sentence that a gap could be made in.
public struct NoClozes: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String {
        "no sentence has a gap to fill in: give text in whole sentences, of at least four words each"
    }
}
