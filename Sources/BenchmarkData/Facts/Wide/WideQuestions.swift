import SeededRandom

/// Asks about the facts of a document: for a value, for the one whose value it is, and for what the document does not
/// say.
struct WideQuestions {
    let subjects: [WideSubject]
    /// For each fact of each subject, the sentences that it follows from.
    let support: [[[Int]]]
    let source: WideSource
    let settings: FactsSettings

    /// As many questions as the settings want; no fact is asked for again before all have been asked for.
    func drawn(using random: inout RandomSource) -> [FactQuestion] {
        let facts = subjects.indices.flatMap { subject in subjects[subject].facts.indices.map { (subject, $0) } }
        var questions: [FactQuestion] = []
        while questions.count < settings.questionsPerDocument {
            for (subject, fact) in random.sample(settings.questionsPerDocument - questions.count, of: facts) {
                questions.append(
                    random.occurs(settings.unanswerable)
                        ? unanswerable(using: &random) : question(subject, fact, using: &random))
            }
        }
        return questions
    }

    private func question(_ subject: Int, _ index: Int, using random: inout RandomSource) -> FactQuestion {
        let (entity, fact) = (subjects[subject].entity, subjects[subject].facts[index])
        let isReversed = random.occurs(settings.reversedQuestions) && isUnique(fact)
        return FactQuestion(
            question: isReversed
                ? phrased(fact.attribute.reversed, value: fact.value, using: &random)
                : phrased(fact.attribute.questions, name: entity.name, using: &random),
            answer: isReversed ? entity.answer : fact.value, support: support[subject][index],
            group: DataSplit.isHeldOut(fact.value) ? .unseenValue : nil)
    }

    /// Whether a fact's value tells whose it is: nobody else is said to have it, or to have had it.
    private func isUnique(_ fact: WideFact) -> Bool {
        values(of: fact.attribute).count { $0 == fact.value } == 1
    }

    /// Everything that is stated of an attribute, of whomever.
    private func values(of attribute: WideWorld.Attribute) -> [String] {
        subjects.flatMap(\.facts).filter { $0.attribute == attribute }.flatMap { fact in
            [fact.value, fact.earlierValue].compactMap(\.self)
        }
    }

    // MARK: - What the document does not say

    /// A question about somebody who is not spoken of, about something else of somebody who is, or about a value that
    /// nobody has.
    private func unanswerable(using random: inout RandomSource) -> FactQuestion {
        let subject = random.choice(of: subjects)
        let inUse = Array(subject.kind.attributes.prefix(settings.attributesInUse))
        if random.occurs(settings.reversedQuestions) {
            let attribute = random.choice(of: inUse)
            let stated = values(of: attribute)
            var value: String
            repeat { value = source.value(of: attribute, using: &random) } while stated.contains(value)
            return .unanswerable(phrased(attribute.reversed, value: value, using: &random))
        }
        let untold = inUse.filter { attribute in !subject.facts.contains { $0.attribute == attribute } }
        if !untold.isEmpty, random.uniform() < 0.5 {
            return .unanswerable(
                phrased(random.choice(of: untold).questions, name: subject.entity.name, using: &random))
        }
        let absent = source.entities(1, of: subject.kind.name, beside: subjects.map(\.entity), using: &random)
        return .unanswerable(phrased(random.choice(of: inUse).questions, name: absent[0].name, using: &random))
    }

    private func phrased(
        _ patterns: [SentencePattern], name: String = "", value: String = "", using random: inout RandomSource
    ) -> String {
        random.choice(of: Array(patterns.prefix(settings.questionPhrasings)))
            .filled { Mention.name(name).filling($0, value: value) }
    }
}
