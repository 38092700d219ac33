import Foundation
import Tensors

/// Sentences that state nothing which a question asks for.
struct BackgroundSource: Sendable {
    private let text: [String]?
    private var next = 0

    /// - Parameter text: the sentences to take in turn; nil for those of the grammar.
    init(text: [String]?) { self.text = text }

    /// From a random sentence of the text on.
    mutating func restart(using random: inout RandomSource) {
        if let text { next = random.integer(in: 0...text.count - 1) }
    }

    mutating func sentence(using random: inout RandomSource) -> String {
        guard let text else { return Grammar.embedded.sentence(using: &random) }
        defer { next = (next + 1) % text.count }
        return text[next]
    }

    /// The sentences of a text that cannot be mistaken for a fact of `task`: the needles speak of secrets, the stories
    /// of people by name. A name of the wide world counts where it has its capital, for many are words, too.
    static func usable(_ text: [String], for task: GeneratedTask, world: WorldSize = .small) -> [String] {
        let people = GeneratorWords.embedded.people
        let names = task == .facts ? FactsWorld.embedded.people : people.training + people.evaluation
        let telling = task.isNeedle ? ["secret"] : Set(names.map { $0.lowercased() })
        let wideNames = world == .wide && !task.isNeedle ? Set(CensusNames.embedded.firstNames) : []
        return text.filter { sentence in
            let words = sentence.components(separatedBy: .letters.inverted)
            return !sentence.isBlank && telling.isDisjoint(with: words.map { $0.lowercased() })
                && wideNames.isDisjoint(with: words)
        }
    }
}

/// The built-in background: patterns whose slots are filled with any of the words listed for them. The words are none
/// that stories, needles or their questions use.
struct Grammar: Decodable, Sendable {
    let sentences: [SentencePattern]
    let slots: [String: [String]]

    static let embedded: Grammar = {
        do {
            return try JSONDecoder().decode(Grammar.self, from: Data(PackageResources.background_json))
        } catch {
            preconditionFailure("the embedded background.json is damaged: \(error)")
        }
    }()

    func sentence(using random: inout RandomSource) -> String {
        let sentence = random.choice(of: sentences).filled { slot in
            guard let words = slots[slot] else { preconditionFailure("background.json has no words for \(slot)") }
            return random.choice(of: words)
        }
        return sentence.prefix(1).uppercased() + sentence.dropFirst()
    }
}
