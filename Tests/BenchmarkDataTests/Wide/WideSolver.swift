import Foundation

@testable import BenchmarkData

/// Answers questions about documents of the wide world from their text alone: it cuts sentences into clauses, finds the
/// phrasing of each, and takes a pronoun for whom or what was named last.
///
/// It shares nothing with the generator but the phrasings. A fault of the text is thrown.
struct WideSolver {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    struct Key: Hashable {
        let entity, attribute: String
    }

    /// What the text says, in its order; the last value of each counts.
    private(set) var values: [Key: [String]] = [:]
    private var latest: String?
    private var fullNames: [String: String] = [:]

    init(text: String) throws {
        for sentence in text.replacingOccurrences(of: "\n\n", with: " ").components(separatedBy: ". ") {
            var rest = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
            for separator in [", while ", ", but ", "; "] {
                rest = rest.replacingOccurrences(of: separator, with: ", and ")
            }
            for clause in rest.components(separatedBy: ", and ") { try hear(clause) }
        }
    }

    private mutating func hear(_ clause: String) throws {
        guard let (phrasing, found) = WidePhrasing.best(of: WidePhrasing.clauses, for: clause) else { return }
        guard let spoken = found.entity else { throw Fault(description: "about nobody: \(clause)") }
        let entity: String
        if found.isPronoun {
            guard let latest else { throw Fault(description: "nobody was named before \(clause)") }
            entity = latest
        } else {
            entity = phrasing.kind == .person ? try fullName(spoken) : spoken
            latest = entity
        }
        guard let attribute = phrasing.attribute, let value = found.value else { return }
        let key = Key(entity: entity, attribute: attribute)
        guard phrasing.isChange || values[key] == nil else { throw Fault(description: "stated again: \(clause)") }
        values[key, default: []].append(value)
    }

    private mutating func fullName(_ name: String) throws -> String {
        let words = name.split(separator: " ").map(String.init)
        if words.count == 2 { fullNames[words[0]] = name }
        guard let fullName = fullNames[words[0]] else { throw Fault(description: "nobody was called \(name)") }
        return fullName
    }

    /// "unknown" where the text does not say.
    func answer(to question: String) throws -> String {
        guard let (phrasing, found) = WidePhrasing.best(of: WidePhrasing.questions, for: String(question.dropLast())),
            let attribute = phrasing.attribute
        else { throw Fault(description: "not understood: \(question)") }
        if let entity = found.entity { return values[Key(entity: entity, attribute: attribute)]?.last ?? "unknown" }
        let owners = values.filter { $0.key.attribute == attribute && $0.value.last == found.value }.keys
        guard owners.count <= 1 else { throw Fault(description: "several answers to \(question)") }
        return owners.first.map { $0.entity.hasPrefix("the ") ? String($0.entity.dropFirst(4)) : $0.entity }
            ?? "unknown"
    }
}

/// A phrasing of the wide world, as a reader knows it again.
struct WidePhrasing {
    let kind: WideWorld.EntityKind
    /// "person home"; nil for what states no fact.
    let attribute: String?
    let isChange: Bool
    /// Fixed text and, between each two, the name of a slot.
    private let texts, slots: [String]

    private init(_ pattern: String, _ kind: WideWorld.EntityKind, _ attribute: String?, isChange: Bool = false) {
        (self.kind, self.attribute, self.isChange) = (kind, attribute.map { "\(kind) \($0)" }, isChange)
        let parts = pattern.components(separatedBy: CharacterSet(charactersIn: "{}"))
        var texts = parts.indices.filter { $0 % 2 == 0 }.map { parts[$0] }
        if let last = texts.popLast() { texts.append(last.trimmingCharacters(in: CharacterSet(charactersIn: ".?"))) }
        self.texts = texts
        slots = parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] }
    }

    static let clauses = indexed(
        WideWorld.embedded.kinds.flatMap { kind in
            kind.attributes.flatMap { attribute in
                attribute.statements.map { Self($0.source, kind.name, attribute.name) }
                    + attribute.changes.map { Self($0.source, kind.name, attribute.name, isChange: true) }
            }
        } + WideWorld.embedded.asides.about.map { Self($0.source, .person, nil) })

    static let questions = indexed(
        WideWorld.embedded.kinds.flatMap { kind in
            kind.attributes.flatMap { attribute in
                (attribute.questions + attribute.reversed).map { Self($0.source, kind.name, attribute.name) }
            }
        })

    struct Found {
        var entity, value: String?
        var isPronoun = false
    }

    /// The phrasing of most fixed letters that fits a text.
    static func best(of phrasings: [String: [WidePhrasing]], for text: String) -> (WidePhrasing, Found)? {
        var best: (phrasing: WidePhrasing, found: Found)?
        for phrasing in Set(words(of: text)).sorted().flatMap({ phrasings[$0] ?? [] })
        where phrasing.fixedLetters > best?.phrasing.fixedLetters ?? -1 {
            if let found = phrasing.found(in: text) { best = (phrasing, found) }
        }
        return best.map { ($0.phrasing, $0.found) }
    }

    /// By the longest of their fixed words, which a text that they fit has.
    private static func indexed(_ phrasings: [WidePhrasing]) -> [String: [WidePhrasing]] {
        Dictionary(grouping: phrasings) { phrasing in
            phrasing.texts.flatMap(words).max { $0.count < $1.count } ?? ""
        }
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split(separator: " ").map(String.init)
    }

    private var fixedLetters: Int { texts.reduce(0) { $0 + $1.count } }

    private func found(in text: String) -> Found? {
        guard let first = texts.first, let last = texts.last, text.hasSuffix(last) else { return nil }
        guard text.count >= first.count + last.count else { return nil }
        let beginning = text.prefix(first.count)
        // The first letter of a sentence is a capital, that of a clause within it is none.
        guard beginning.dropFirst() == first.dropFirst(), beginning.lowercased() == first.lowercased() else {
            return nil
        }
        let middle = String(text.dropFirst(first.count).dropLast(last.count))
        guard slots.count == 2 else { return filled([middle]) }
        // The text between two slots may stand in one of them, too.
        var start = middle.startIndex
        while let range = middle.range(of: texts[1], range: start..<middle.endIndex) {
            let pieces = [String(middle[..<range.lowerBound]), String(middle[range.upperBound...])]
            if let found = filled(pieces) { return found }
            start = middle.index(after: range.lowerBound)
        }
        return nil
    }

    private func filled(_ pieces: [String]) -> Found? {
        var found = Found()
        for (slot, piece) in zip(slots, pieces) where !fill(&found, slot, piece) { return nil }
        return found
    }

    private func fill(_ found: inout Found, _ slot: String, _ piece: String) -> Bool {
        switch slot {
        case "value":
            found.value = piece
            return !piece.isEmpty
        case "a value":
            guard let article = ["a ", "an "].first(where: piece.hasPrefix) else { return false }
            found.value = String(piece.dropFirst(article.count))
            return ("aeiou".contains(piece.dropFirst(article.count).prefix(1))) == (article == "an ")
        default:
            let pronouns: [String: [String]] = [
                "entity": ["she", "he", "it"], "object": ["her", "him", "it"], "entity's": ["her", "his", "its"],
            ]
            if let index = pronouns[slot]?.firstIndex(of: piece.lowercased()) {
                found.isPronoun = true
                found.entity = piece
                return (kind == .person) == (index < 2)
            }
            var name = piece
            if slot == "entity's" {
                guard name.hasSuffix("'s") else { return false }
                name.removeLast(2)
            }
            if name.hasPrefix("The ") { name = "the" + name.dropFirst(3) }
            found.entity = name
            return isName(name)
        }
    }

    /// Whether a text can be the name of an entity of the phrasing's kind.
    private func isName(_ text: String) -> Bool {
        switch kind {
        case .person, .town: text.wholeMatch(of: /[A-Z][a-z]+(?: [A-Z][a-z]+)?/) != nil
        case .firm: text.wholeMatch(of: /[A-Z][a-z]+ (?:& )?[A-Z][a-z]+/) != nil
        case .thing: text.wholeMatch(of: /the [a-z]+ [a-z]+/) != nil
        }
    }
}
