/// Why a description of the world was refused.
public struct FactsWorldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The part concerned: a kind, an attribute, a sentence.
    public let subject: String
    /// What is wrong and how to fix it.
    public let problem: String

    public var description: String { "facts world: \(subject): \(problem)" }
}

extension FactsWorld {
    func validate() throws {
        for name in EntityKind.allCases {
            let count = kinds.count { $0.name == name }
            try require(count == 1, "kind \(name)", "stands \(count) times; give it once")
        }
        var seen: Set<String> = []
        for kind in kinds {
            try validateWords(kind.entities, of: "entities of \(kind.name)", seen: &seen)
            try require(!kind.attributes.isEmpty, "kind \(kind.name)", "has no attributes; give at least one")
            for attribute in kind.attributes {
                let subject = "attribute \(attribute.name) of \(kind.name)"
                try validateWords(attribute.values, of: "values of \(subject)", seen: &seen)
                try validatePatterns(attribute.statements, of: subject, slots: ["entity", "value"], end: ".")
                try validatePatterns(attribute.questions, of: subject, slots: ["entity"], end: "?")
            }
        }
        try validateDistractors()
    }

    private func validateDistractors() throws {
        try require(!distractors.sentences.isEmpty, "distractors", "none; give at least one sentence")
        for (slot, words) in distractors.slots {
            var seen: Set<String> = []
            try validateWords(words, of: "words of the slot {\(slot)}", seen: &seen)
        }
        for sentence in distractors.sentences {
            try require(sentence.source.hasSuffix("."), "\"\(sentence.source)\"", "end it with a period")
            for slot in sentence.slots {
                try require(
                    distractors.slots[slot] != nil, "\"\(sentence.source)\"",
                    "the slot {\(slot)} has no words; list them under \"slots\"")
            }
        }
    }

    /// Words are names that stand for themselves: none empty, none seen before.
    private func validateWords(_ words: [String], of subject: String, seen: inout Set<String>) throws {
        try require(!words.isEmpty, subject, "none; give at least one")
        for word in words {
            try require(!word.allSatisfy(\.isWhitespace), subject, "one is empty; remove it")
            try require(
                seen.insert(word).inserted, subject, "\"\(word)\" stands twice in this world; keep one of the two")
        }
    }

    private func validatePatterns(
        _ patterns: [SentencePattern], of subject: String, slots: [String], end: String
    ) throws {
        try require(!patterns.isEmpty, subject, "needs at least one phrasing that ends in \"\(end)\"")
        for pattern in patterns {
            try require(
                pattern.slots.sorted() == slots, "\"\(pattern.source)\" of \(subject)",
                "needs each of the slots \(slots) once and no other")
            try require(
                pattern.source.hasSuffix(end), "\"\(pattern.source)\" of \(subject)", "end it with \"\(end)\"")
        }
        try require(Set(patterns).count == patterns.count, subject, "a phrasing stands twice; keep one of the two")
    }

    private func require(
        _ condition: Bool, _ subject: @autoclosure () -> String, _ problem: @autoclosure () -> String
    ) throws {
        guard condition else { throw FactsWorldError(subject: subject(), problem: problem()) }
    }
}
