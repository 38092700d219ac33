/// Why settings of the facts task were refused.
public struct FactsSettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The setting concerned.
    public let key: String
    /// What is wrong and how to fix it.
    public let problem: String

    public var description: String { "facts settings: \(key): \(problem)" }
}

extension FactsSettings {
    /// No setting counts further than this, so that a slip of the keyboard does not fill the memory.
    static let highestCount = 10_000

    /// The most towns, firms or things in a document of the wide world: some part of those that evaluation has.
    static let mostInWideWorld = 100

    /// Checks that documents can be drawn from `world` with these settings.
    ///
    /// - Throws: `FactsSettingsError`, naming the first setting that does not fit.
    public func validate(in world: FactsWorld = .embedded) throws {
        try validateRanges(in: world)
        try require(1, attributesInUse, .attributesInUse)
        try require(1, factsPerEntity, .factsPerEntity)
        try require(1, statementPhrasings, .statementPhrasings)
        try require(1, questionPhrasings, .questionPhrasings)
        try require(0, questionsPerDocument, .questionsPerDocument)
        for (key, path) in Self.shares where !(0...1).contains(self[keyPath: path]) {
            throw FactsSettingsError(
                key: key.stringValue, problem: "\(self[keyPath: path]) is not a share; give 0 to 1")
        }
        guard self.world == .small else { return }
        let wideAlone: [(CodingKeys, Bool)] = [
            (.maximumFirms, maximumFirms > 0), (.paragraphs, paragraphs > 0), (.compounds, compounds > 0),
            (.changes, changes > 0), (.reversedQuestions, reversedQuestions > 0),
        ]
        for (key, isUsed) in wideAlone where isUsed {
            throw FactsSettingsError(
                key: key.stringValue, problem: "the small world has none of this; add world: wide or remove this key")
        }
    }

    /// The settings that are shares, by their keys.
    static var shares: [(key: CodingKeys, path: WritableKeyPath<FactsSettings, Double>)] {
        [
            (.newNames, \.newNames), (.paragraphs, \.paragraphs), (.compounds, \.compounds), (.changes, \.changes),
            (.reversedQuestions, \.reversedQuestions), (.unanswerable, \.unanswerable),
        ]
    }

    /// How many entities of a kind a document may have; valid settings only.
    func entities(of kind: WideWorld.EntityKind) -> ClosedRange<Int> {
        switch kind {
        case .person: minimumPeople...maximumPeople
        case .town: minimumPlaces...maximumPlaces
        case .firm: minimumFirms...maximumFirms
        case .thing: minimumThings...maximumThings
        }
    }

    /// How many entities of a kind a document may have; valid settings only.
    func entities(of kind: FactsWorld.EntityKind) -> ClosedRange<Int> {
        switch kind {
        case .person: minimumPeople...maximumPeople
        case .place: minimumPlaces...maximumPlaces
        case .thing: minimumThings...maximumThings
        }
    }

    private func validateRanges(in world: FactsWorld) throws {
        try requireOrder(minimumPeople, .minimumPeople, maximumPeople, .maximumPeople)
        try requireOrder(minimumPlaces, .minimumPlaces, maximumPlaces, .maximumPlaces)
        try requireOrder(minimumThings, .minimumThings, maximumThings, .maximumThings)
        try requireOrder(minimumFirms, .minimumFirms, maximumFirms, .maximumFirms)
        try requireOrder(minimumDistractors, .minimumDistractors, maximumDistractors, .maximumDistractors)
        guard minimumPeople + minimumPlaces + minimumThings + minimumFirms > 0 else {
            throw FactsSettingsError(
                key: CodingKeys.minimumPeople.stringValue,
                problem: "a document needs someone or something to speak of; raise a minimum above 0")
        }
        guard self.world == .small else {
            let most = Self.mostInWideWorld
            for (key, count) in [
                (CodingKeys.maximumPlaces, maximumPlaces), (.maximumThings, maximumThings),
                (.maximumFirms, maximumFirms),
            ] where count > most {
                throw FactsSettingsError(
                    key: key.stringValue, problem: "the wide world has \(most) for a document; give at most that many")
            }
            return
        }
        // Made-up names carry people past the list; places and things have only their lists.
        for kind in world.kinds where kind.name != .person && entities(of: kind.name).upperBound > kind.entities.count {
            let key: CodingKeys = kind.name == .place ? .maximumPlaces : .maximumThings
            throw FactsSettingsError(
                key: key.stringValue, problem: "the world has only \(kind.entities.count); give at most that many")
        }
    }

    private func requireOrder(
        _ minimum: Int, _ minimumKey: CodingKeys, _ maximum: Int, _ maximumKey: CodingKeys
    ) throws {
        try require(0, minimum, minimumKey)
        try require(0, maximum, maximumKey)
        guard minimum <= maximum else {
            throw FactsSettingsError(
                key: minimumKey.stringValue,
                problem: "\(minimum) is above \(maximumKey.stringValue) \(maximum); lower it or raise that")
        }
    }

    private func require(_ lowest: Int, _ count: Int, _ key: CodingKeys) throws {
        guard (lowest...Self.highestCount).contains(count) else {
            throw FactsSettingsError(
                key: key.stringValue, problem: "\(count) is out of range; give \(lowest) to \(Self.highestCount)")
        }
    }
}
