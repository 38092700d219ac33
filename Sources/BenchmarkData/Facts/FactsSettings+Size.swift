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
