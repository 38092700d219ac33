/// How large and how hard the documents of the facts task are.
///
/// The defaults are the easiest form: two or three people with four facts each, every fact phrased in one way. A key
/// that is missing when settings are decoded keeps its default.
public struct FactsSettings: Codable, Sendable, Equatable {
    /// The world that names and values are drawn from. The wide one alone has firms, paragraphs, compound sentences,
    /// changes and reversed questions; places are its towns.
    public var world = WorldSize.small

    /// How many people a document speaks of. People beyond the listed names get made-up ones.
    public var minimumPeople = 2
    public var maximumPeople = 3
    public var minimumPlaces = 0
    public var maximumPlaces = 0
    public var minimumThings = 0
    public var maximumThings = 0
    public var minimumFirms = 0
    public var maximumFirms = 0

    /// The first so many attributes of each kind are in use; a kind that has fewer uses all.
    public var attributesInUse = 4
    /// How many of the attributes in use are stated of each entity; all of them where there are fewer.
    public var factsPerEntity = 4
    /// Whether all entities of a kind in a document have the same attributes stated. With few facts per entity, this
    /// makes sure that an answer depends on the entity and cannot be read off the attribute alone.
    public var sharesAttributes = false

    /// The first so many phrasings of each statement are in use; an attribute that has fewer uses all.
    public var statementPhrasings = 1
    /// The first so many phrasings of each question are in use; an attribute that has fewer uses all.
    public var questionPhrasings = 1

    /// How many sentences that answer no question are mixed in.
    public var minimumDistractors = 0
    public var maximumDistractors = 0

    /// The share of people, from 0 to 1, who get a made-up name instead of a listed one.
    public var newNames = 0.0

    /// The share of documents, from 0 to 1, that are told in paragraphs about one to three subjects each, with first
    /// names and pronouns for those who have been named. The others have their sentences in random order.
    public var paragraphs = 0.0
    /// The share of sentences that have a second clause.
    public var compounds = 0.0
    /// The share of facts, of those that can change, that are told twice: what was, and what has become of it. The
    /// latest counts.
    public var changes = 0.0
    /// The share of questions that give a value and ask whose it is, where the value is one entity's alone.
    public var reversedQuestions = 0.0
    /// The share of questions that the document does not answer. Their answer is `DocumentQuestion.unknown`.
    public var unanswerable = 0.0

    /// How many questions each document comes with. No fact is asked again before all have been asked.
    public var questionsPerDocument = 8

    public init() {}

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func decode<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try decode(.world, into: &world)
        try decode(.minimumPeople, into: &minimumPeople)
        try decode(.maximumPeople, into: &maximumPeople)
        try decode(.minimumPlaces, into: &minimumPlaces)
        try decode(.maximumPlaces, into: &maximumPlaces)
        try decode(.minimumThings, into: &minimumThings)
        try decode(.maximumThings, into: &maximumThings)
        try decode(.minimumFirms, into: &minimumFirms)
        try decode(.maximumFirms, into: &maximumFirms)
        try decode(.attributesInUse, into: &attributesInUse)
        try decode(.factsPerEntity, into: &factsPerEntity)
        try decode(.sharesAttributes, into: &sharesAttributes)
        try decode(.statementPhrasings, into: &statementPhrasings)
        try decode(.questionPhrasings, into: &questionPhrasings)
        try decode(.minimumDistractors, into: &minimumDistractors)
        try decode(.maximumDistractors, into: &maximumDistractors)
        try decode(.newNames, into: &newNames)
        try decode(.paragraphs, into: &paragraphs)
        try decode(.compounds, into: &compounds)
        try decode(.changes, into: &changes)
        try decode(.reversedQuestions, into: &reversedQuestions)
        try decode(.unanswerable, into: &unanswerable)
        try decode(.questionsPerDocument, into: &questionsPerDocument)
    }

    /// The keys of the settings in a file.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case world, minimumPeople, maximumPeople, minimumPlaces, maximumPlaces, minimumThings, maximumThings
        case minimumFirms, maximumFirms
        case attributesInUse, factsPerEntity, sharesAttributes, statementPhrasings, questionPhrasings
        case minimumDistractors, maximumDistractors, newNames, paragraphs, compounds, changes, reversedQuestions
        case unanswerable, questionsPerDocument
    }
}

extension FactsSettings {
    /// Documents about people with everything that the wide world has: all attributes, all phrasings, and each form in
    /// a share of its own.
    public static var everyForm: FactsSettings {
        var result = FactsSettings()
        result.world = .wide
        (result.attributesInUse, result.statementPhrasings, result.questionPhrasings) = (64, 64, 64)
        (result.newNames, result.paragraphs) = (0.1, 0.5)
        (result.compounds, result.changes, result.reversedQuestions) = (0.2, 0.2, 0.2)
        return result
    }

    /// These settings for documents about so many people each.
    public func about(people: Int) -> FactsSettings {
        var result = self
        (result.minimumPeople, result.maximumPeople) = (people, people)
        return result
    }

    /// The settings on the way to `end`: each number at `share` of the way, from 0 to 1, whole ones rounded. The
    /// world, and whether attributes are shared, stay as they are.
    public func interpolated(to end: FactsSettings, share: Double) -> FactsSettings {
        let share = min(1, max(0, share))
        var result = self
        let counts: [WritableKeyPath<FactsSettings, Int>] = [
            \.minimumPeople, \.maximumPeople, \.minimumPlaces, \.maximumPlaces, \.minimumThings, \.maximumThings,
            \.minimumFirms, \.maximumFirms, \.attributesInUse, \.factsPerEntity, \.statementPhrasings,
            \.questionPhrasings, \.minimumDistractors,
            \.maximumDistractors, \.questionsPerDocument,
        ]
        for count in counts {
            let distance = Double(end[keyPath: count] - self[keyPath: count])
            result[keyPath: count] += Int((share * distance).rounded())
        }
        for part in Self.shares.map(\.path) {
            result[keyPath: part] += share * (end[keyPath: part] - self[keyPath: part])
        }
        return result
    }
}
