import Tensors

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
        background = BackgroundSource(text: settings.background.map { BackgroundSource.usable($0, for: question.task) })
        random = settings.random(for: question.task)
    }

    var task: GeneratedTask { kind.task }

    mutating func row() throws(GeneratorError) -> BenchmarkRow {
        let words = GeneratorWords.embedded
        let people = random.sample(Self.people, of: words.people[settings.split])
        let places = random.sample(Self.places, of: words.places[settings.split])
        let objects = random.sample(Self.objects, of: words.objects[settings.split])
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
                facts: sentences, relevant: story.support, settings: settings, using: &random
            ) { background.sentence(using: &$0) }
            // The story keeps half of the document free for the background, unless it was asked to be so long.
            let fewest = settings.facts ?? kind.support
            if let layout, count == fewest || layout.factTokens <= settings.length / 2 {
                return BenchmarkRow(
                    context: .text(layout.pieces.joined(separator: " ")),
                    questions: [
                        RowQuestion(
                            question: telling.text(of: story.question), answers: [places[story.question.answer]],
                            support: story.support.map { sentences[$0] }, labels: places.sorted())
                    ],
                    fields: RowFields(task: task.rawValue, length: layout.tokens, depth: layout.depth))
            }
            guard count > fewest else {
                throw GeneratorError(
                    task: task, setting: "length",
                    problem: "\(settings.length) tokens do not hold \(count) events; give more tokens or fewer facts")
            }
            count = max(kind.support, count * 3 / 4)
        }
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
        switch (question.kind, question.laterPlace) {
        case (.person, _): "Where is \(people[question.person])?"
        case (.objectBefore, let place?): "Where was the \(objects[question.object]) before the \(places[place])?"
        default: "Where is the \(objects[question.object])?"
        }
    }
}
