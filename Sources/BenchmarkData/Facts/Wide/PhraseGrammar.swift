import SeededRandom

/// Phrases composed of words: each symbol stands for one of its patterns, whose slots are symbols in turn.
///
/// Besides the symbols listed, `{1..28}` is a whole number of that range, `{surname}` one of training's surnames and
/// `{made-up}` a capitalized word of syllables.
struct PhraseGrammar: Decodable, Sendable {
    private let symbols: [String: [SentencePattern]]
    /// The ranges that stand in patterns, by their text.
    private let ranges: [String: ClosedRange<Int>]

    /// The patterns of a symbol: a text lists words, a list has patterns.
    private struct Alternatives: Decodable {
        let patterns: [SentencePattern]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let words = try? container.decode(String.self) {
                patterns = try words.split(separator: " ").map { try SentencePattern(String($0)) }
            } else {
                patterns = try container.decode([SentencePattern].self)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let symbols = try decoder.singleValueContainer().decode([String: Alternatives].self).mapValues(\.patterns)
        let slots = Set(symbols.values.joined().flatMap(\.slots))
        let ranges = slots.compactMap { slot in Self.range(slot).map { (slot, $0) } }
        (self.symbols, self.ranges) = (symbols, Dictionary(uniqueKeysWithValues: ranges))
        for symbol in symbols.keys.sorted() { try validate(symbol, within: []) }
    }

    /// A phrase that a symbol of the grammar stands for, all of its patterns being equally likely.
    func phrase(_ symbol: String, using random: inout RandomSource) -> String {
        guard let patterns = symbols[symbol] else { preconditionFailure("validation lets nobody use \(symbol)") }
        return random.choice(of: patterns).filled { word($0, using: &random) }
    }

    private func word(_ slot: String, using random: inout RandomSource) -> String {
        if let range = ranges[slot] { return String(random.integer(in: range)) }
        switch slot {
        case "surname": return random.choice(of: CensusNames.of(.training).surnames)
        case "made-up": return CensusNames.madeUpName(using: &random)
        default: return phrase(slot, using: &random)
        }
    }

    private static func range(_ slot: String) -> ClosedRange<Int>? {
        guard let match = slot.wholeMatch(of: /([0-9]{1,9})\.\.([0-9]{1,9})/), let lowest = Int(match.1),
            let highest = Int(match.2), lowest <= highest
        else { return nil }
        return lowest...highest
    }

    /// - Throws: `FactsWorldError` where a symbol has no patterns, is missing, or stands within itself.
    func validate(_ symbol: String, within outer: [String]) throws {
        guard let patterns = symbols[symbol], !patterns.isEmpty else {
            throw FactsWorldError(subject: "{\(symbol)}", problem: "has no words; list them under \"symbols\"")
        }
        guard !outer.contains(symbol) else {
            throw FactsWorldError(subject: "{\(symbol)}", problem: "stands within itself; take it out of its patterns")
        }
        for slot in patterns.flatMap(\.slots)
        where ranges[slot] == nil && slot != "surname" && slot != "made-up" {
            try validate(slot, within: outer + [symbol])
        }
    }
}
