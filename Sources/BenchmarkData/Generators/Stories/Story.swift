import Tensors

/// A chain of events with the question that it answers.
struct Story {
    let events: [StoryEvent]
    let question: StoryQuestion
    /// The indices of the events that support the answer.
    let support: [Int]

    /// - Parameters:
    ///   - count: how many events there are; no fewer than the support.
    ///   - before: how many of them come before the support, which then stands together. Nil for a random number, and
    ///     other events between those of the support.
    init(
        _ kind: StoryQuestion.Kind, world: StoryWorld, events count: Int, before: Int?,
        using random: inout RandomSource
    ) {
        var world = world
        // How many other events come before each event of the support and, at the end, after the last.
        var others = Array(repeating: 0, count: kind.support + 1)
        if let before {
            (others[0], others[kind.support]) = (before, count - kind.support - before)
        } else {
            for _ in kind.support..<count { others[random.integer(in: 0...kind.support)] += 1 }
        }
        var events: [StoryEvent] = []
        func add(_ event: StoryEvent) {
            world.apply(event)
            events.append(event)
        }
        // Nobody touches this object beforehand, so that there is always something to ask.
        let reserved = random.integer(in: 0...world.objects.count - 1)
        for _ in 0..<others[0] {
            add(world.event(movesOnly: kind == .person, using: &random) { $0.object != reserved })
        }
        let question = StoryQuestion(kind, in: world, using: &random)
        var support: [Int] = []
        for (index, event) in question.support.enumerated() {
            support.append(events.count)
            add(event)
            for _ in 0..<others[index + 1] {
                let last = index == question.support.count - 1
                add(
                    world.event(movesOnly: kind == .person, using: &random) {
                        last ? question.permitsAfterSupport($0, in: world) : question.permitsAmidSupport($0)
                    })
            }
        }
        (self.events, self.question, self.support) = (events, question, support)
    }
}
