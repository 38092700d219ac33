import Foundation

/// Ranks the segments of a document by the words that they share with a query (BM25, Robertson and Zaragoza 2009,
/// "The Probabilistic Relevance Framework: BM25 and Beyond").
///
/// A segment's score is the sum over the words of the query, each as often as it stands there, of
///
///     idf · f (k₁ + 1) / (f + k₁ (1 − b + b · l / l̄)),   idf = ln(1 + (N − n + ½) / (n + ½))
///
/// where f is how often the word stands in the segment, l the segment's words and l̄ their mean over segments, N the
/// number of segments and n the number of those that hold the word. The 1 in the logarithm, which the original lacks,
/// keeps a word of more than half of the segments from counting against them.
public struct BM25: Sendable {
    /// How slowly repetitions of a word stop to count; 1.2 to 2 is usual.
    public let k1: Double
    /// How much a segment's length counts against it, from 0 to 1; 0.75 is usual.
    public let b: Double
    private let postings: [String: [Posting]]
    /// k₁ (1 − b + b · l / l̄) of each segment.
    private let saturations: [Double]

    /// A segment that holds a word, and how often.
    private struct Posting {
        let segment: Int32
        var count: Int32
    }

    /// Builds the index. Segments may be empty; there may be none.
    public init(segments: [String], k1: Double = 1.2, b: Double = 0.75) {
        precondition(k1 >= 0 && (0...1).contains(b), "k1 is not negative and b is a share")
        precondition(segments.count <= Int32.max, "segments are numbered in 32 bits")
        (self.k1, self.b) = (k1, b)
        var postings: [String: [Posting]] = [:]
        var lengths: [Int] = []
        for (index, segment) in segments.enumerated() {
            let words = Words.split(segment)
            lengths.append(words.count)
            for word in words { Self.add(Int32(index), to: &postings[word, default: []]) }
        }
        self.postings = postings
        let mean = Double(lengths.reduce(0, +)) / Double(max(1, lengths.count))
        saturations = lengths.map { k1 * (1 - b + b * (mean > 0 ? Double($0) / mean : 0)) }
    }

    /// Segments come in order, so a segment that has the word already stands last.
    private static func add(_ segment: Int32, to postings: inout [Posting]) {
        if postings.last?.segment == segment {
            postings[postings.count - 1].count += 1
        } else {
            postings.append(Posting(segment: segment, count: 1))
        }
    }

    /// The score of every segment, 0 for those that share no word with the query.
    public func scores(for query: String) -> [Double] {
        var scores = [Double](repeating: 0, count: saturations.count)
        for word in Words.split(query) {
            guard let postings = postings[word] else { continue }
            let (all, holding) = (Double(saturations.count), Double(postings.count))
            let idf = log(1 + (all - holding + 0.5) / (holding + 0.5))
            for posting in postings {
                let (segment, count) = (Int(posting.segment), Double(posting.count))
                scores[segment] += idf * count * (k1 + 1) / (count + saturations[segment])
            }
        }
        return scores
    }

    /// The indices of the `count` segments with the best scores, in the document's order, to be read as a shorter
    /// document.
    ///
    /// Segments that share no word with the query are left out, so there may be fewer. Of equals the earlier is taken.
    public func top(_ count: Int, for query: String) -> [Int] {
        precondition(count >= 0, "a number of segments is not negative")
        let scores = scores(for: query)
        let sharing = scores.indices.filter { scores[$0] > 0 }
        guard sharing.count > count else { return sharing }
        return sharing.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(count).sorted()
    }
}

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
