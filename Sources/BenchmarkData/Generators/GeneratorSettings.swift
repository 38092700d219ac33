import SeededRandom
import Tokenization

/// What generated documents are to be like.
public struct GeneratorSettings: Sendable {
    public var seed: UInt64 = 0
    /// Names, places, objects, schools, interfaces, keys, values and numbers of students are drawn from lists and
    /// streams that training and evaluation do not share; `vocabulary` has the words of training, `calibration` those
    /// of evaluation. Phrasings, background, grades and years are the same in all, and so are the words of the task
    /// `facts` in the small world.
    public var split = DataSplit.training
    /// The world of the task `facts`, which is told in every form where it is wide, and of the names of people in
    /// stories and student records. The other tasks have a small one.
    public var world = WorldSize.small
    /// The share of questions, from 0 to 1, that ask for what the document does not say. Their answer is
    /// `DocumentQuestion.unknown`.
    public var unanswerable = 0.0
    /// The wanted length of a document in tokens. Documents are at most this long, and short of it by less than one
    /// sentence (one record, one interface).
    public var length = 4096
    /// Where what the answer follows from is put, from 0, the beginning, to 1, the end, in units of sentences. Several
    /// sentences then stand together. Random and apart where it is nil. Aggregates of student records and `facts` have
    /// none.
    public var depth: Double?
    /// How much is stated beside the background; nil is the task's own choice.
    ///
    /// | tasks | what is counted | its own choice |
    /// |---|---|---|
    /// | qa1, qa2, qa3 | events of the story | 10, 20, 30, fewer where they would fill more than half |
    /// | needle-multikey | keys, one of which is asked for | 4 |
    /// | needle-multivalue | values of the key | 4 |
    /// | needle-multiquery | keys, all of which are asked for | 4 |
    /// | facts | people | 4 |
    /// | all others | nothing: it has to be nil | |
    public var facts: Int?
    /// How many questions about student records, facts or gaps each document comes with, and how many at most about a
    /// story's people (`qa1`) or objects (`qa2`); the other tasks ask one.
    public var questions = 1
    /// What the values of the needle tasks are.
    public var needleValues = NeedleValues.numbers
    /// Whether each event of a story says its number in the story, so that the order of events survives a cut into
    /// segments that are learned side by side: "Vera Event 3: Vera went to the attic."
    public var numbersEvents = true
    /// The sentences among which stories and needles are hidden, taken in their order from a random one on and around
    /// again. Those that could be mistaken for something stated are left out: those that name somebody of the lists,
    /// and those that speak of a secret. A built-in grammar makes the background where this is nil. The task `cloze` takes
    /// its documents from here, and needs it.
    public var background: [String]?
    /// How many tokens a sentence (a record, an interface) has; counts below 1 are taken as 1. Sentences stand one
    /// after another with a space between them: where the count takes that space in, the sum is that of the whole text.
    public var tokens: @Sendable (String) -> Int

    public init(tokens: @escaping @Sendable (String) -> Int) { self.tokens = tokens }

    /// Tokens as a tokenizer counts them. A text that cannot be encoded counts by its bytes: whoever makes sequences of it
    /// says why it cannot be.
    public init(tokenizer: any Tokenizer) {
        self.init { (try? tokenizer.encode($0).count) ?? $0.utf8.count }
    }

    /// These settings at each depth of each length: the cells of a grid, one row of it after the other.
    public func grid(lengths: [Int], depths: [Double]) -> [GeneratorSettings] {
        lengths.flatMap { length in
            depths.map { depth in
                var cell = self
                (cell.length, cell.depth) = (length, depth)
                return cell
            }
        }
    }

    /// A stream of random numbers that belongs to a task and the split.
    func random(for task: GeneratedTask) -> RandomSource {
        let index = GeneratedTask.allCases.firstIndex(of: task) ?? 0
        return RandomSource(seed: seed, stream: UInt64(index) << 8 | split.rawValue)
    }
}

/// Why documents cannot be generated.
public struct GeneratorError: Error, Equatable, Sendable, CustomStringConvertible {
    public let task: GeneratedTask
    /// The setting concerned, as it is called in `GeneratorSettings`.
    public let setting: String
    /// What is wrong and how to fix it.
    public let problem: String

    public var description: String { "\(task.rawValue): \(setting): \(problem)" }
}

extension GeneratorSettings {
    /// No document is longer, so that a slip of the keyboard does not fill the memory.
    public static let longest = 1 << 22
    /// The most questions that a document comes with.
    static let mostQuestions = 1000

    /// - Throws: `GeneratorError`, naming the first setting that does not fit.
    func validate(for task: GeneratedTask) throws(GeneratorError) {
        func require(_ condition: Bool, _ setting: String, _ problem: String) throws(GeneratorError) {
            guard condition else { throw GeneratorError(task: task, setting: setting, problem: problem) }
        }
        try require(
            (1...Self.longest).contains(length), "length", "\(length) is out of range; give 1 to \(Self.longest)")
        if let depth {
            try require((0...1).contains(depth), "depth", "\(depth) is no share; give 0, the beginning, to 1, the end")
            try require(
                task.hasDepth, "depth", "the answers follow from all parts; leave it out")
        }
        if let facts {
            guard let range = task.factCounts?(split, unanswerable > 0 ? 1 : 0) else {
                throw GeneratorError(task: task, setting: "facts", problem: "there are none to count; leave it out")
            }
            try require(
                range.contains(facts), "facts",
                "\(facts) is out of range; give \(range.lowerBound) to \(range.upperBound)")
        }
        try require(
            (0...1).contains(unanswerable), "unanswerable", "\(unanswerable) is not a share; give 0 to 1")
        try require(
            world == .small || task.hasWideWorld, "world",
            "there are no people whose names could come from the wide world; leave it out")
        let mostQuestions = task.asksOften ? Self.mostQuestions : 1
        try require(
            (1...mostQuestions).contains(questions), "questions",
            "\(questions) is out of range; give 1\(mostQuestions > 1 ? " to \(mostQuestions)" : "")")
        if task.tellingWords != nil, background != nil {
            try require(
                BackgroundSource.usable(self, for: task)?.isEmpty == false, "background",
                "no sentence is left that could not be mistaken for a fact; give more text")
        }
    }
}
