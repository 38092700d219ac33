import SeededRandom

/// Tells the facts of a document in sentences, and notes which of them a fact follows from.
///
/// A pronoun stands for whom or what the text has named last, and never where a paragraph, or a sentence that stands
/// for itself, begins. So it has one reading.
struct WideTelling {
    /// A sentence, or a clause of one: a fact's value, or the value that it had before.
    private struct Statement {
        let subject, fact: Int
        let isEarlier: Bool
    }

    private enum Item {
        case statement(Statement)
        case distractor(String)
    }

    /// What the second clause of a sentence is.
    private enum Compound: CaseIterable {
        case twoFacts, asideBefore, asideAfter
    }

    /// Of the mentions that a pronoun could stand for, those that it does stand for.
    private static let pronounShare = 0.75

    private(set) var paragraphs: [[String]] = []
    /// For each fact of each subject, the sentences that it follows from: the one that states it and those that say who
    /// is meant.
    private(set) var support: [[[Int]]]

    private let subjects: [WideSubject]
    private let world: WideWorld
    private let compounds: Double
    private let statementPhrasings: Int
    /// The number of sentences that are complete.
    private var told = 0
    /// Whom or what the text has named last, since the paragraph or the sentence began.
    private var latest: Int?
    /// The sentences that have named a subject since then: by its whole name, and in any way but a pronoun.
    private var introductions: [Int: Int] = [:], namings: [Int: Int] = [:]

    /// - Parameters:
    ///   - compounds: the share of sentences that have a second clause.
    ///   - statementPhrasings: the first so many phrasings of each statement are used.
    init(subjects: [WideSubject], world: WideWorld, compounds: Double, statementPhrasings: Int) {
        (self.subjects, self.world, self.compounds) = (subjects, world, compounds)
        self.statementPhrasings = statementPhrasings
        support = subjects.map { $0.facts.map { _ in [] } }
    }

    // MARK: - Orders

    /// All statements in random order, each sentence understandable without the others.
    mutating func tellInSentences(distractors: [String], using random: inout RandomSource) {
        let items = subjects.indices.flatMap(statements(about:)).map(Item.statement) + distractors.map(Item.distractor)
        let order = inTime(random.sample(items.count, of: items))
        paragraphs = FactsDocument.paragraphs(
            of: sentences(order, areConnected: false, using: &random), using: &random)
    }

    /// One paragraph after the other, about one to three subjects each; distractors stand at their ends.
    mutating func tellInParagraphs(distractors: [String], using random: inout RandomSource) {
        var rest = random.sample(subjects.count, of: Array(subjects.indices))[...]
        var groups: [[Int]] = []
        while !rest.isEmpty {
            groups.append(Array(rest.prefix(random.choice(of: [1, 1, 2, 2, 3]))))
            rest = rest.dropFirst(groups[groups.count - 1].count)
        }
        var ends = groups.map { _ in [Item]() }
        for distractor in distractors {
            ends[random.integer(in: 0...groups.count - 1)].append(.distractor(distractor))
        }
        for (group, end) in zip(groups, ends) {
            let items = inTurns(group, using: &random).map(Item.statement)
            paragraphs.append(sentences(items + end, areConnected: true, using: &random))
        }
    }

    /// The statements about a subject, in time.
    private func statements(about subject: Int) -> [Statement] {
        subjects[subject].facts.enumerated().flatMap { index, fact in
            (fact.earlierValue == nil ? [] : [Statement(subject: subject, fact: index, isEarlier: true)])
                + [Statement(subject: subject, fact: index, isEarlier: false)]
        }
    }

    /// The same items, what a value was before what it became.
    private func inTime(_ items: [Item]) -> [Item] {
        var items = items
        var places: [[Int]: Int] = [:]
        for (place, item) in items.enumerated() {
            guard case .statement(let statement) = item else { continue }
            guard let other = places.updateValue(place, forKey: [statement.subject, statement.fact]) else { continue }
            if statement.isEarlier { items.swapAt(place, other) }
        }
        return items
    }

    /// The statements about several subjects, staying with one for a while.
    private func inTurns(_ group: [Int], using random: inout RandomSource) -> [Statement] {
        var queues = group.map { subject in
            inTime(random.sample(.max, of: statements(about: subject).map(Item.statement))).compactMap { item in
                if case .statement(let statement) = item { statement } else { nil }
            }[...]
        }
        var merged: [Statement] = []
        var current = 0
        while true {
            let open = queues.indices.filter { !queues[$0].isEmpty }
            guard !open.isEmpty else { return merged }
            if queues[current].isEmpty || random.uniform() < 0.3 { current = random.choice(of: open) }
            if let next = queues[current].popFirst() { merged.append(next) }
        }
    }

    // MARK: - Sentences

    private mutating func sentences(
        _ items: [Item], areConnected: Bool, using random: inout RandomSource
    ) -> [String] {
        var sentences: [String] = []
        var rest = items[...]
        forget()
        while let item = rest.popFirst() {
            if !areConnected { forget() }
            switch item {
            case .distractor(let sentence): sentences.append(sentence)
            case .statement(let statement): sentences.append(sentence(statement, followedBy: &rest, using: &random))
            }
            told += 1
        }
        return sentences
    }

    private mutating func forget() { (latest, introductions, namings) = (nil, [:], [:]) }

    /// A sentence that states something; a compound one may state the next thing too.
    private mutating func sentence(
        _ statement: Statement, followedBy rest: inout ArraySlice<Item>, using random: inout RandomSource
    ) -> String {
        let form = random.occurs(compounds) ? random.choice(of: Compound.allCases) : nil
        let spokenOf = latest ?? statement.subject
        if form == .asideBefore, subjects[spokenOf].kind.name == .person {
            let aside = aside(about: spokenOf, using: &random)
            return Self.sentence(aside, clause(statement, using: &random), joinedBy: world.joins[0])
        }
        let first = clause(statement, using: &random)
        guard let form else { return Self.capitalized(first) + "." }
        if form == .twoFacts, case .statement(let next) = rest.first {
            rest.removeFirst()
            let second = clause(next, using: &random)
            return Self.sentence(first, second, joinedBy: random.choice(of: world.joins))
        }
        return Self.sentence(first, random.choice(of: world.asides.general), joinedBy: world.joins[0])
    }

    private static func sentence(_ first: String, _ second: String, joinedBy join: SentencePattern) -> String {
        capitalized(join.filled { $0 == "first" ? first : second })
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private mutating func aside(about subject: Int, using random: inout RandomSource) -> String {
        let mention = mention(of: subject, using: &random)
        return random.choice(of: world.asides.about).filled { mention.filling($0) }
    }

    private mutating func clause(_ statement: Statement, using random: inout RandomSource) -> String {
        let fact = subjects[statement.subject].facts[statement.fact]
        let mention = mention(of: statement.subject, using: &random)
        if !statement.isEarlier {
            let sentences = [introductions[statement.subject], namings[statement.subject], told].compactMap(\.self)
            support[statement.subject][statement.fact] = Set(sentences).sorted()
        }
        let isChange = fact.earlierValue != nil && !statement.isEarlier
        let patterns = isChange ? fact.attribute.changes : fact.attribute.statements
        let pattern = random.choice(of: Array(patterns.prefix(statementPhrasings)))
        let value = (statement.isEarlier ? fact.earlierValue : nil) ?? fact.value
        let text = pattern.filled { mention.filling($0, value: value) }.dropLast()
        return pattern.beginsWithSlot ? String(text) : text.prefix(1).lowercased() + text.dropFirst()
    }

    private mutating func mention(of subject: Int, using random: inout RandomSource) -> Mention {
        let entity = subjects[subject].entity
        if latest == subject, random.uniform() < Self.pronounShare { return .pronoun(entity.pronoun) }
        latest = subject
        namings[subject] = told
        if introductions[subject] != nil, random.uniform() < 0.5 { return .name(entity.shortName) }
        introductions[subject] = told
        return .name(entity.name)
    }
}
