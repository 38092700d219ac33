import Tensors

/// Descriptions of programming interfaces, one of which does what the question asks for.
struct InterfaceGenerator: DocumentGenerator {
    /// How many of the other interfaces differ from the wanted one in a single word of their purpose.
    private static let nearMisses = 0.2

    let task = GeneratedTask.apiRetrieval
    private let settings: GeneratorSettings
    private let source: InterfaceSource
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(settings: GeneratorSettings) {
        self.settings = settings
        source = InterfaceSource(split: settings.split)
        random = settings.random(for: .apiRetrieval)
    }

    mutating func row() throws(GeneratorError) -> BenchmarkRow {
        let wanted = source.interface(for: source.purpose(using: &random), using: &random)
        let isAnswerable = !random.occurs(settings.unanswerable)
        let layout = DocumentLayout(
            facts: isAnswerable ? [wanted] : [], relevant: isAnswerable ? [0] : [], settings: settings, using: &random
        ) { [source] random in
            source.interface(for: Self.purpose(beside: wanted.purpose, source, using: &random), using: &random)
        }
        guard let layout, !layout.pieces.isEmpty else {
            throw GeneratorError(
                task: task, setting: "length",
                problem: "\(settings.length) tokens do not hold an interface; give more tokens")
        }
        let question = "Instruction: Write the call of an interface that can \(wanted.purpose.text)."
        return BenchmarkRow(
            context: .segments(layout.pieces.map(\.description)),
            questions: [
                isAnswerable
                    ? RowQuestion(question: question, answers: [wanted.call], support: [wanted.description])
                    : .unanswerable(question)
            ],
            fields: RowFields(
                task: task.rawValue, length: layout.tokens, depth: layout.depth,
                groups: layout.depth.map { [Self.location($0)] } ?? []))
    }

    /// A purpose that is not `wanted`.
    private static func purpose(
        beside wanted: ProgrammingInterface.Purpose, _ source: InterfaceSource, using random: inout RandomSource
    ) -> ProgrammingInterface.Purpose {
        while true {
            var purpose = source.purpose(using: &random)
            if random.uniform() < nearMisses {
                var near = wanted
                switch random.integer(in: 0...2) {
                case 0 where purpose.domain == wanted.domain: near.action = purpose.action
                case 1 where purpose.domain == wanted.domain: near.subject = purpose.subject
                default: near.trait = purpose.trait
                }
                purpose = near
            }
            if purpose != wanted { return purpose }
        }
    }

    /// The third of the document that an interface stands in.
    private static func location(_ depth: Double) -> String {
        depth < 1 / 3 ? "begin" : depth < 2 / 3 ? "middle" : "end"
    }
}
