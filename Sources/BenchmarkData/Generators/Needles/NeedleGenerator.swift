import Tensors

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
        background = BackgroundSource(text: settings.background.map { BackgroundSource.usable($0, for: task) })
        random = settings.random(for: task)
    }

    mutating func row() throws(GeneratorError) -> BenchmarkRow {
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
            ? RowQuestion(
                question: question(about: wanted.map(\.key)), answers: wanted.map(\.value),
                needsEveryAnswer: asked.count > 1, support: wanted.map(\.sentence))
            : unanswerable(beside: needles, keys: wanted.count)
        return BenchmarkRow(
            context: .text(layout.pieces.joined(separator: " ")), questions: [question],
            fields: RowFields(task: task.rawValue, length: layout.tokens, depth: layout.depth))
    }

    /// A question about as many keys as usual, none of which the document has.
    private mutating func unanswerable(beside needles: [Needle], keys count: Int) -> RowQuestion {
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
    var isNeedle: Bool {
        switch self {
        case .needleSingle, .needleMultikey, .needleMultivalue, .needleMultiquery: true
        default: false
        }
    }
}

extension DataSplit {
    /// Every key that a needle of this split can have: an adjective and a noun, as in "mild-otter".
    var needleKeys: [String] {
        let words = GeneratorWords.embedded
        return words.adjectives[self].flatMap { adjective in words.nouns[self].map { "\(adjective)-\($0)" } }
    }
}
