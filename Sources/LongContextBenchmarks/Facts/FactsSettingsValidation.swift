/// Why settings of the facts task were refused.
public struct FactsSettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The setting concerned.
    public let key: String
    /// What is wrong and how to mend it.
    public let problem: String

    public var description: String { "facts settings: \(key): \(problem)" }
}

extension FactsSettings {
    /// No setting counts further than this, so that a slip of the keyboard does not fill the memory.
    static let highestCount = 10_000

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
        guard (0...1).contains(newNames) else {
            throw FactsSettingsError(
                key: CodingKeys.newNames.stringValue, problem: "\(newNames) is not a share; give 0 to 1")
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
        try requireOrder(minimumDistractors, .minimumDistractors, maximumDistractors, .maximumDistractors)
        guard minimumPeople + minimumPlaces + minimumThings > 0 else {
            throw FactsSettingsError(
                key: CodingKeys.minimumPeople.stringValue,
                problem: "a document needs someone or something to speak of; raise a minimum above 0")
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
