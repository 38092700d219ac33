/// The tasks that documents of any length can be generated for.
public enum GeneratedTask: String, CaseIterable, Sendable, Codable {
    /// Where is a person? The last move tells (after BABILong, Kuratov et al. 2024).
    case qa1
    /// Where is an object? Someone carries it, or left it behind: two facts tell.
    case qa2
    /// Where was an object before it came to a place? Three facts tell.
    case qa3
    /// What one student's record says (after PERK's Student Records).
    case studentRecall = "student-recall"
    /// How two students' records compare.
    case studentRelation = "student-relation"
    /// What all records say together: how many, the highest, the lowest, the average.
    case studentAggregate = "student-aggregate"
    /// The call of the one programming interface that does what is asked for (after PERK's LongGorilla).
    case apiRetrieval = "api-retrieval"
    /// The value of the only key (after RULER, Hsieh et al. 2024, like the three that follow).
    case needleSingle = "needle-single"
    /// The value of one key among several.
    case needleMultikey = "needle-multikey"
    /// All values of the only key.
    case needleMultivalue = "needle-multivalue"
    /// The values of several keys.
    case needleMultiquery = "needle-multiquery"
    /// The facts about people of `FactsGenerator`.
    case facts
    /// Passages of a text of one's own, with gaps in their sentences as questions.
    case cloze

    /// The task with what sets its documents apart from the usual ones: `qa1, wide world, 0.1 unanswerable`.
    public func name(world: WorldSize, unanswerable: Double) -> String {
        rawValue + (world == .wide ? ", wide world" : "") + (unanswerable > 0 ? ", \(unanswerable) unanswerable" : "")
    }

    /// A generator of this task's documents. Settings and task determine every byte of them.
    ///
    /// - Throws: `GeneratorError`, naming the setting that cannot be met.
    public func generator(settings: GeneratorSettings) throws(GeneratorError) -> any DocumentGenerator {
        try settings.validate(for: self)
        switch self {
        case .qa1: return StoryGenerator(question: .person, settings: settings)
        case .qa2: return StoryGenerator(question: .object, settings: settings)
        case .qa3: return StoryGenerator(question: .objectBefore, settings: settings)
        case .studentRecall: return StudentRecallGenerator(settings: settings)
        case .studentRelation: return StudentRelationGenerator(settings: settings)
        case .studentAggregate: return StudentAggregateGenerator(settings: settings)
        case .apiRetrieval: return InterfaceGenerator(settings: settings)
        case .needleSingle, .needleMultikey, .needleMultivalue, .needleMultiquery:
            return NeedleGenerator(task: self, settings: settings)
        case .facts: return try FactsRowGenerator(settings: settings)
        case .cloze: return try ClozeGenerator(settings: settings)
        }
    }
}

/// Draws documents with questions whose answers are right by construction, one after the other without end.
public protocol DocumentGenerator: Sendable {
    var task: GeneratedTask { get }

    /// The next document. Its fields tell the task; the length, which is the sum of the tokens of its sentences (of its
    /// records, its interfaces), each counted alone; and the depth of what the answer follows from.
    ///
    /// - Throws: `GeneratorError` where what has to be said does not fit in the wanted length.
    mutating func row() throws(GeneratorError) -> BenchmarkRow
}
