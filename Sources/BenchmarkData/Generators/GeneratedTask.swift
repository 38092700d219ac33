/// A task that documents of any length can be generated for.
///
/// A further task is a file of its own with a generator and the task's constant, and a line of `allCases`. New ones come
/// last: a task's place decides its stream of random numbers.
public struct GeneratedTask: Registered {
    public static let allCases: [GeneratedTask] = [
        .qa1, .qa2, .qa3, .studentRecall, .studentRelation, .studentAggregate, .apiRetrieval, .needleSingle,
        .needleMultikey, .needleMultivalue, .needleMultiquery, .facts, .cloze,
    ]

    public let rawValue: String
    /// The rule of the benchmark that the task is after.
    public let metric: Metric
    /// How many facts may be asked for, with so many keys that a document has to leave unused; `nil` where they are not
    /// counted.
    let factCounts: (@Sendable (DataSplit, _ sparing: Int) -> ClosedRange<Int>)?
    /// Whether what the answer follows from has a place in the document.
    let hasDepth: Bool
    /// Whether a document comes with several questions.
    let asksOften: Bool
    /// Whether its people can be those of the wide world.
    let hasWideWorld: Bool
    /// The words, in small letters, by which a sentence of the background could be mistaken for a fact; `nil` where
    /// documents have no background.
    let tellingWords: (@Sendable () -> Set<String>)?
    private let make: @Sendable (GeneratorSettings) throws(GeneratorError) -> any DocumentGenerator

    /// - Parameter make: a generator for valid settings.
    init(
        _ name: String, metric: Metric,
        factCounts: (@Sendable (DataSplit, _ sparing: Int) -> ClosedRange<Int>)? = nil, hasDepth: Bool = true,
        asksOften: Bool = false, hasWideWorld: Bool = false, tellingWords: (@Sendable () -> Set<String>)? = nil,
        make: @escaping @Sendable (GeneratorSettings) throws(GeneratorError) -> any DocumentGenerator
    ) {
        (rawValue, self.metric, self.factCounts, self.make) = (name, metric, factCounts, make)
        (self.hasDepth, self.asksOften, self.hasWideWorld) = (hasDepth, asksOften, hasWideWorld)
        self.tellingWords = tellingWords
    }

    /// The task with what sets its documents apart from the usual ones: `qa1, wide world, 0.1 unanswerable`.
    public func name(world: WorldSize, unanswerable: Double) -> String {
        rawValue + (world == .wide ? ", wide world" : "") + (unanswerable > 0 ? ", \(unanswerable) unanswerable" : "")
    }

    /// A generator of this task's documents. Settings and task determine every byte of them.
    ///
    /// - Throws: `GeneratorError`, naming the setting that cannot be met.
    public func generator(settings: GeneratorSettings) throws(GeneratorError) -> any DocumentGenerator {
        try settings.validate(for: self)
        return try make(settings)
    }
}

/// Draws documents with questions whose answers are right by construction, one after the other without end.
public protocol DocumentGenerator: Sendable {
    var task: GeneratedTask { get }

    /// The next document. Its fields tell the task; the length, which is the sum of the tokens of its sentences (of its
    /// records, its interfaces), each counted alone; and the depth of what the answer follows from.
    ///
    /// - Throws: `GeneratorError` where what has to be said does not fit in the wanted length.
    mutating func row() throws(GeneratorError) -> QADocument
}
