extension FactsSettings {
    /// These settings for documents about so many people each.
    public func about(people: Int) -> FactsSettings {
        var result = self
        (result.minimumPeople, result.maximumPeople) = (people, people)
        return result
    }

    /// The settings on the way to `end`: each number at `share` of the way, from 0 to 1, whole ones rounded. Whether
    /// attributes are shared stays as it is.
    public func interpolated(to end: FactsSettings, share: Double) -> FactsSettings {
        let share = min(1, max(0, share))
        var result = self
        let counts: [WritableKeyPath<FactsSettings, Int>] = [
            \.minimumPeople, \.maximumPeople, \.minimumPlaces, \.maximumPlaces, \.minimumThings, \.maximumThings,
            \.attributesInUse, \.factsPerEntity, \.statementPhrasings, \.questionPhrasings, \.minimumDistractors,
            \.maximumDistractors, \.questionsPerDocument,
        ]
        for count in counts {
            let distance = Double(end[keyPath: count] - self[keyPath: count])
            result[keyPath: count] += Int((share * distance).rounded())
        }
        result.newNames += share * (end.newNames - newNames)
        return result
    }
}
