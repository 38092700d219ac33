import SeededRandom

extension GeneratedTask {
    /// Where is a person? The last move tells (after BABILong, Kuratov et al. 2024).
    public static let qa1 = story("qa1", .person)
    /// Where is an object? Someone carries it, or left it behind: two facts tell.
    public static let qa2 = story("qa2", .object)
    /// Where was an object before it came to a place? Three facts tell.
    public static let qa3 = story("qa3", .objectBefore)

    private static func story(_ name: String, _ question: StoryQuestion.Kind) -> GeneratedTask {
        GeneratedTask(
            name, metric: .babilong, factCounts: { _, _ in question.support...10_000 }, asksOften: true,
            hasWideWorld: true,
            tellingWords: {
                let people = GeneratorWords.embedded.people
                return Set((people.training + people.evaluation).map { $0.lowercased() })
            }
        ) { StoryGenerator(question: question, settings: $0) }
    }
}

/// Stories of people who move between places, take objects and drop them, told in order among background sentences.
struct StoryGenerator: DocumentGenerator {
    private static let people = 4, places = 6, objects = 3

    let kind: StoryQuestion.Kind
    private let settings: GeneratorSettings
    private var background: BackgroundSource
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(question: StoryQuestion.Kind, settings: GeneratorSettings) {
        (kind, self.settings) = (question, settings)
        background = BackgroundSource(settings, for: question.task)
        random = settings.random(for: question.task)
    }

    var task: GeneratedTask { kind.task }

    mutating func row() throws(GeneratorError) -> QADocument {
        let words = GeneratorWords.embedded
        let people = random.sample(Self.people, of: settings.firstNames)
        let places = random.sample(Self.places, of: words.places[settings.split])
        let objects = random.sample(Self.objects, of: words.objects[settings.split])
        let isAnswerable = !random.occurs(settings.unanswerable)
        background.restart(using: &random)
        var count = settings.facts ?? kind.support * 10
        while true {
            let world = StoryWorld(people: people.count, places: places.count, objects: objects.count)
            let story = Story(
                kind, world: world, events: count, before: settings.factsBefore(others: count - kind.support),
                using: &random)
            var telling = StoryTelling(
                people: people, places: places, objects: objects, numbersEvents: settings.numbersEvents)
            let sentences = story.events.map { telling.sentence(for: $0, using: &random) }
            let layout = DocumentLayout(
                facts: sentences, relevant: isAnswerable ? story.support : [], settings: settings,
                using: &random
            ) { background.sentence(using: &$0) }
            // The story keeps half of the document free for the background, unless it was asked to be so long.
            let fewest = settings.facts ?? kind.support
            if let layout, count == fewest || layout.factTokens <= settings.length / 2 {
                func answerable(_ question: StoryQuestion, support: [Int]) -> DocumentQuestion {
                    DocumentQuestion(
                        question: telling.text(of: question), answers: [places[question.answer]],
                        support: support.map { sentences[$0] }, labels: places.sorted())
                }
                var questions = [
                    isAnswerable
                        ? answerable(story.question, support: story.support) : unanswerable(beside: telling)
                ]
                if settings.questions > 1 {
                    let further = story.furtherQuestions(in: world)
                    for (question, support) in random.sample(min(settings.questions - 1, further.count), of: further) {
                        questions.append(
                            random.occurs(settings.unanswerable)
                                ? unanswerable(beside: telling) : answerable(question, support: support))
                    }
                }
                return QADocument(
                    context: .text(layout.pieces.joined(separator: " ")), questions: questions,
                    fields: DocumentFields(task: task.rawValue, length: layout.tokens, depth: layout.depth))
            }
            guard count > fewest else {
                throw GeneratorError(
                    task: task, setting: "length",
                    problem: "\(settings.length) tokens do not hold \(count) events; give more tokens or fewer facts")
            }
            count = max(kind.support, count * 3 / 4)
        }
    }

    /// A question about a person or an object that the story does not name.
    private mutating func unanswerable(beside telling: StoryTelling) -> DocumentQuestion {
        let people = settings.firstNames.filter { !telling.people.contains($0) }
        let objects = GeneratorWords.embedded.objects[settings.split].filter { !telling.objects.contains($0) }
        let question =
            switch kind {
            case .person: StoryTelling.question(about: random.choice(of: people))
            case .object: StoryTelling.question(about: "the \(random.choice(of: objects))")
            case .objectBefore:
                StoryTelling.question(
                    about: "the \(random.choice(of: objects))", before: random.choice(of: telling.places))
            }
        return .unanswerable(question, labels: telling.places.sorted())
    }
}

/// How the events of a story are said.
private struct StoryTelling {
    let people, places, objects: [String]
    let numbersEvents: Bool
    private var told = 0

    init(people: [String], places: [String], objects: [String], numbersEvents: Bool) {
        (self.people, self.places, self.objects, self.numbersEvents) = (people, places, objects, numbersEvents)
    }

    mutating func sentence(for event: StoryEvent, using random: inout RandomSource) -> String {
        told += 1
        let person = people[event.person]
        let statement =
            switch event {
            case .move(_, let place):
                "\(person) \(random.choice(of: ["went", "moved", "walked", "travelled", "hurried"])) "
                    + "to the \(places[place])."
            case .take(_, let object):
                "\(person) \(random.choice(of: ["took", "grabbed", "picked up", "got"])) the \(objects[object])"
                    + random.choice(of: [".", " there."])
            case .drop(_, let object):
                "\(person) \(random.choice(of: ["dropped", "left", "put down", "discarded"])) the \(objects[object])"
                    + random.choice(of: [".", " there."])
            }
        return numbersEvents ? "\(person) Event \(told): \(statement)" : statement
    }

    func text(of question: StoryQuestion) -> String {
        switch question.kind {
        case .person: Self.question(about: people[question.person])
        case .object, .objectBefore:
            Self.question(about: "the \(objects[question.object])", before: question.laterPlace.map { places[$0] })
        }
    }

    /// The question where somebody or something is, or was before it came to a place.
    static func question(about who: String, before place: String? = nil) -> String {
        place.map { "Where was \(who) before the \($0)?" } ?? "Where is \(who)?"
    }
}
