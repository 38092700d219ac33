import Foundation
import SeededRandom

/// Sentences that state nothing which a question asks for.
struct BackgroundSource: Sendable {
    /// The sentences to take in turn; `nil` for those of the grammar.
    private let text: [String]?
    private var next = 0

    /// The background of a task's documents.
    init(_ settings: GeneratorSettings, for task: GeneratedTask) { text = Self.usable(settings, for: task) }

    /// From a random sentence of the text on.
    mutating func restart(using random: inout RandomSource) {
        if let text { next = random.integer(in: 0...text.count - 1) }
    }

    mutating func sentence(using random: inout RandomSource) -> String {
        guard let text else { return Grammar.embedded.sentence(using: &random) }
        defer { next = (next + 1) % text.count }
        return text[next]
    }

    /// The sentences of the settings' text that cannot be mistaken for a fact of `task`; `nil` where they have none. A
    /// name of the wide world counts where it has its capital, for many are words, too.
    static func usable(_ settings: GeneratorSettings, for task: GeneratedTask) -> [String]? {
        guard let text = settings.background, let telling = task.tellingWords?() else { return nil }
        let wideNames = settings.world == .wide ? Set(CensusNames.embedded.firstNames) : []
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
