import LanguageModel
import Tensors

/// The words over which the inner loss of one document is normalized.
public enum InnerVocabulary: Codable, Equatable, Sendable {
    /// All words of the model.
    case whole
    /// The document's own words and a number of others. With tens of thousands of words the head is half the work of an
    /// adapter of a few layers, and most words have next to no probability.
    case document(otherWords: Int)
}

/// The document's own words and a sample of others, which its tokens decide: the same whenever it is learned.
struct DocumentVocabulary: Sendable, Equatable {
    /// In rising order.
    let words: [Int32]

    init(of segments: [TokenSequence], otherWords: Int, vocabularySize: Int) {
        var words = Set(segments.lazy.flatMap(\.tokens).map(Int32.init))
        let wanted = min(vocabularySize, words.count + otherWords)
        var random = RandomSource(seed: Self.seed(of: segments))
        while words.count < wanted { words.insert(Int32(random.integer(in: 0...vocabularySize - 1))) }
        self.words = words.sorted()
    }

    /// Where words stand in `words`, which has them.
    func positions(of targets: some Sequence<Int32>) -> [Int32] {
        let places = Dictionary(uniqueKeysWithValues: zip(words, Int32(0)...))
        return targets.map { target in
            guard let place = places[target] else { preconditionFailure("a target that the document does not have") }
            return place
        }
    }

    /// The tokens' hash, by Fowler, Noll and Vo (FNV-1a, 64 bits).
    private static func seed(of segments: [TokenSequence]) -> UInt64 {
        segments.lazy.flatMap(\.tokens).reduce(0xCBF2_9CE4_8422_2325) { hash, token in
            (hash ^ UInt64(token)) &* 0x100_0000_01B3
        }
    }
}

extension InnerVocabulary {
    /// The words for each of some documents; `nil` for all words.
    func words(of documents: [[TokenSequence]], vocabularySize: Int) -> [DocumentVocabulary]? {
        guard case .document(let otherWords) = self else { return nil }
        return documents.map {
            DocumentVocabulary(of: $0, otherWords: otherWords, vocabularySize: vocabularySize)
        }
    }
}
