import SeededRandom

extension GeneratedTask {
    /// The call of the one programming interface that does what is asked for (after PERK's LongGorilla).
    public static let apiRetrieval = GeneratedTask("api-retrieval", metric: .exactMatch) {
        InterfaceGenerator(settings: $0)
    }
}

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

    mutating func row() throws(GeneratorError) -> QADocument {
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
        return QADocument(
            context: .segments(layout.pieces.map(\.description)),
            questions: [
                isAnswerable
                    ? DocumentQuestion(question: question, answers: [wanted.call], support: [wanted.description])
                    : .unanswerable(question)
            ],
            fields: DocumentFields(
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

/// An invented programming interface: how it is called, and what for.
struct ProgrammingInterface: Sendable, CustomStringConvertible {
    /// Action, subject and trait tell it from other interfaces: "summarize recipes on a single processor".
    struct Purpose: Sendable, Equatable {
        let domain: String
        var action, subject, trait: String

        var text: String { "\(action) \(subject) \(trait)" }
    }

    let purpose: Purpose
    /// "traimo/kelloshi-2".
    let name: String
    let call: String

    var description: String {
        "<api>\(call)</api> domain: \(purpose.domain), functionality: \(purpose.action) \(purpose.subject), "
            + "api_name: \(name), description: Made to \(purpose.text)."
    }
}

/// Draws interfaces from the words of a split.
struct InterfaceSource: Sendable {
    let split: DataSplit

    func purpose(using random: inout RandomSource) -> ProgrammingInterface.Purpose {
        let domain = random.choice(of: GeneratorWords.embedded.interfaces[split])
        return ProgrammingInterface.Purpose(
            domain: domain.domain, action: random.choice(of: domain.actions),
            subject: random.choice(of: domain.subjects),
            trait: random.choice(of: GeneratorWords.embedded.traits[split]))
    }

    func interface(for purpose: ProgrammingInterface.Purpose, using random: inout RandomSource) -> ProgrammingInterface
    {
        let owner = word(using: &random)
        let model = word(using: &random)
        let name = "\(owner)/\(model)-\(random.integer(in: 1...9))"
        let calls = [
            "\(owner).load('\(name)')", "pipeline('\(purpose.action)', model='\(name)')",
            "\(owner.prefix(1).uppercased() + owner.dropFirst())Model.from_hub('\(name)')",
            "hub.fetch('\(name)', revision='main')",
        ]
        return ProgrammingInterface(purpose: purpose, name: name, call: random.choice(of: calls))
    }

    private func word(using random: inout RandomSource) -> String {
        split.identifier(using: &random) { MadeUpName.word(using: &$0) }
    }
}
