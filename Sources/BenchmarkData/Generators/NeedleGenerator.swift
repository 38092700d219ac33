import SeededRandom

/// Keys with secret values, hidden among background sentences.
struct NeedleGenerator: DocumentGenerator {
    private struct Needle {
        let key, value: String
        let sentence: String
    }

    let task: GeneratedTask
    private let settings: GeneratorSettings
    private var background: BackgroundSource
    private var random: RandomSource

    /// - Parameters:
    ///   - task: one of the needle tasks.
    ///   - settings: valid ones.
    init(task: GeneratedTask, settings: GeneratorSettings) {
        precondition(task.isNeedle, "\(task) is no needle task")
        (self.task, self.settings) = (task, settings)
        background = BackgroundSource(settings, for: task)
        random = settings.random(for: task)
    }

    mutating func row() throws(GeneratorError) -> QADocument {
        background.restart(using: &random)
        let count = task == .needleSingle ? 1 : settings.facts ?? 4
        let needles = needles(count)
        // Of several keys the one is asked for whose needle stands at the depth.
        let asked: Range<Int>
        if task == .needleMultikey {
            let before = settings.factsBefore(others: count - 1) ?? random.integer(in: 0...count - 1)
            asked = before..<before + 1
        } else {
            asked = 0..<count
        }
        let isAnswerable = !random.occurs(settings.unanswerable)
        let layout = DocumentLayout(
            facts: needles.map(\.sentence), relevant: isAnswerable ? Array(asked) : [], settings: settings,
            using: &random
        ) { background.sentence(using: &$0) }
        guard let layout else {
            throw GeneratorError(
                task: task, setting: "length",
                problem: "\(settings.length) tokens do not hold \(count) needles; give more tokens or fewer facts")
        }
        // The values of one key are listed as the document has them; several keys are asked for in any order.
        let wanted =
            task == .needleMultiquery ? random.sample(asked.count, of: Array(needles[asked])) : Array(needles[asked])
        let question =
            isAnswerable
            ? DocumentQuestion(
                question: question(about: wanted.map(\.key)), answers: wanted.map(\.value),
                needsEveryAnswer: asked.count > 1, support: wanted.map(\.sentence))
            : unanswerable(beside: needles, keys: wanted.count)
        return QADocument(
            context: .text(layout.pieces.joined(separator: " ")), questions: [question],
            fields: DocumentFields(task: task.rawValue, length: layout.tokens, depth: layout.depth))
    }

    /// A question about as many keys as usual, none of which the document has.
    private mutating func unanswerable(beside needles: [Needle], keys count: Int) -> DocumentQuestion {
        let present = Set(needles.map(\.key))
        let absent = settings.split.needleKeys.filter { !present.contains($0) }
        return .unanswerable(question(about: random.sample(task == .needleMultiquery ? count : 1, of: absent)))
    }

    /// Different keys, or one key for all, with different values.
    private mutating func needles(_ count: Int) -> [Needle] {
        let keys =
            task == .needleMultivalue
            ? Array(repeating: random.choice(of: settings.split.needleKeys), count: count)
            : random.sample(count, of: settings.split.needleKeys)
        var values: Set<String> = []
        return keys.map { key in
            var value: String
            repeat {
                value = settings.needleValues.value(of: settings.split, using: &random)
            } while !values.insert(value).inserted
            let sentence =
                task == .needleMultivalue
                ? "One secret \(settings.needleValues.noun) of \(key) is \(value)."
                : "The secret \(settings.needleValues.noun) of \(key) is \(value)."
            return Needle(key: key, value: value, sentence: sentence)
        }
    }

    private func question(about keys: [String]) -> String {
        let noun = settings.needleValues.noun
        if task == .needleMultivalue { return "What are all secret \(noun)s of \(keys[0])?" }
        guard keys.count > 1 else { return "What is the secret \(noun) of \(keys[0])?" }
        return "What are the secret \(noun)s of \(keys.dropLast().joined(separator: ", ")) and \(keys[keys.count - 1])?"
    }
}

extension GeneratedTask {
    /// The value of the only key (after RULER, Hsieh et al. 2024, like the three that follow).
    public static let needleSingle: GeneratedTask = needle("needle-single") {
        NeedleGenerator(task: .needleSingle, settings: $0)
    }
    /// The value of one key among several.
    public static let needleMultikey: GeneratedTask = needle("needle-multikey", factCounts: keys) {
        NeedleGenerator(task: .needleMultikey, settings: $0)
    }
    /// All values of the only key.
    public static let needleMultivalue: GeneratedTask = needle("needle-multivalue", factCounts: { _, _ in 1...10_000 })
    {
        NeedleGenerator(task: .needleMultivalue, settings: $0)
    }
    /// The values of several keys.
    public static let needleMultiquery: GeneratedTask = needle("needle-multiquery", factCounts: keys) {
        NeedleGenerator(task: .needleMultiquery, settings: $0)
    }

    var isNeedle: Bool { Self.needles.contains(self) }

    private static let needles: [GeneratedTask] = [
        .needleSingle, .needleMultikey, .needleMultivalue, .needleMultiquery,
    ]

    private static let keys: @Sendable (DataSplit, Int) -> ClosedRange<Int> = { split, sparing in
        1...split.needleKeys.count - sparing
    }

    private static func needle(
        _ name: String, factCounts: (@Sendable (DataSplit, Int) -> ClosedRange<Int>)? = nil,
        make: @escaping @Sendable (GeneratorSettings) -> NeedleGenerator
    ) -> GeneratedTask {
        GeneratedTask(
            name, metric: .stringMatchAll, factCounts: factCounts, tellingWords: { ["secret"] }, make: { make($0) })
    }
}

extension DataSplit {
    /// Every key that a needle of this split can have: an adjective and a noun, as in "mild-otter".
    var needleKeys: [String] {
        let words = GeneratorWords.embedded
        return words.adjectives[self].flatMap { adjective in words.nouns[self].map { "\(adjective)-\($0)" } }
    }
}

/// What the values of the needle tasks are.
public enum NeedleValues: String, CaseIterable, Sendable, Codable {
    /// Seven digits.
    case numbers
    /// A made-up word.
    case words
    /// 32 hexadecimal digits in five groups, as a UUID is written.
    case uuids

    /// What a value is called in needles and questions.
    var noun: String {
        switch self {
        case .numbers: "number"
        case .words: "word"
        case .uuids: "code"
        }
    }

    /// A value that `split` owns.
    func value(of split: DataSplit, using random: inout RandomSource) -> String {
        split.identifier(using: &random) { random in
            switch self {
            case .numbers: String(random.integer(in: 1_000_000...9_999_999))
            case .words: MadeUpName.word(using: &random)
            case .uuids:
                [8, 4, 4, 4, 12].map { digits in
                    (0..<digits).map { _ in String(random.integer(in: 0...15), radix: 16) }.joined()
                }.joined(separator: "-")
            }
        }
    }
}
