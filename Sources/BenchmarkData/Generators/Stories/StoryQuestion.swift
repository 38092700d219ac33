import SeededRandom

/// What a story asks for, and the events from which the answer follows.
struct StoryQuestion {
    enum Kind: Sendable {
        /// Where is the person?
        case person
        /// Where is the object?
        case object
        /// Where was the object before it came to a place?
        case objectBefore

        var task: GeneratedTask {
            switch self {
            case .person: .qa1
            case .object: .qa2
            case .objectBefore: .qa3
            }
        }

        /// How many facts support an answer.
        var support: Int {
            switch self {
            case .person: 1
            case .object: 2
            case .objectBefore: 3
            }
        }
    }

    let kind: Kind
    /// The events in their order, all of one person.
    let support: [StoryEvent]
    let person: Int
    let object: Int
    /// The place that is the answer.
    let answer: Int
    /// The place that the object came to from the answer; `objectBefore` alone has one.
    let laterPlace: Int?

    /// A question that events which `world` allows now will answer, drawn among all.
    ///
    /// There is one as long as nobody has touched some object, and there are four places or more.
    init(_ kind: Kind, in world: StoryWorld, using random: inout RandomSource) {
        var candidates: [StoryQuestion] = []
        for person in world.people {
            if kind == .person {
                let place = Self.place(in: world, using: &random) { $0 != world.placeOfPerson[person] }
                guard let place else { continue }
                candidates.append(Self(kind, [.move(person: person, place: place)], object: 0, answer: place))
            } else {
                for object in world.objects {
                    candidates += Self.candidates(kind, person, object, in: world, using: &random)
                }
            }
        }
        self = random.choice(of: candidates)
    }

    fileprivate init(_ kind: Kind, _ support: [StoryEvent], object: Int, answer: Int, laterPlace: Int? = nil) {
        (self.kind, self.support, self.object, self.answer) = (kind, support, object, answer)
        (person, self.laterPlace) = (support[0].person, laterPlace)
    }

    /// The ways in which `person` can bring `object` to a place: take it and go; go and drop it, having it already; for
    /// `objectBefore` over one more place. And `person` can go to where it is and take it.
    private static func candidates(
        _ kind: Kind, _ person: Int, _ object: Int, in world: StoryWorld, using random: inout RandomSource
    ) -> [StoryQuestion] {
        let here = world.placeOfPerson[person]
        let take = StoryEvent.take(person: person, object: object)
        let drop = StoryEvent.drop(person: person, object: object)
        func move(_ place: Int) -> StoryEvent { .move(person: person, place: place) }
        let free = world.holder[object] == nil
        let near = place(in: world, using: &random) {
            $0 != here && (world.placeOfObject[object] == nil || world.placeOfObject[object] == $0)
        }
        let first = place(in: world, using: &random) { $0 != here }
        guard let first else { return [] }
        if kind == .object {
            if world.allows(drop) { return [Self(kind, [move(first), drop], object: object, answer: first)] }
            var ways: [StoryQuestion] = []
            if world.allows(take) { ways.append(Self(kind, [take, move(first)], object: object, answer: first)) }
            if free, let near { ways.append(Self(kind, [move(near), take], object: object, answer: near)) }
            return ways
        }
        // The later place is one where the object never was, so that it came there once.
        func second(after place: Int) -> Int? {
            Self.place(in: world, using: &random) { $0 != place && $0 != here && !world.has(object, beenTo: $0) }
        }
        func question(_ place: Int, _ events: (_ later: StoryEvent) -> [StoryEvent]) -> [StoryQuestion] {
            guard let later = second(after: place) else { return [] }
            return [Self(kind, events(move(later)), object: object, answer: place, laterPlace: later)]
        }
        if world.allows(drop) { return question(first) { [move(first), $0, drop] } }
        var ways = world.allows(take) ? question(first) { [take, move(first), $0] } : []
        if free, let near { ways += question(near) { [move(near), take, $0] } }
        return ways
    }

    private static func place(
        in world: StoryWorld, using random: inout RandomSource, where fits: (Int) -> Bool
    ) -> Int? {
        let places = (0..<world.places).filter(fits)
        return places.isEmpty ? nil : random.choice(of: places)
    }

    /// Whether an event may stand between the events of the support: it concerns neither the person nor the object.
    func permitsAmidSupport(_ event: StoryEvent) -> Bool { event.person != person && event.object != object }

    /// Whether the answer stays right and the support what it is when an event follows in `world`.
    func permitsAfterSupport(_ event: StoryEvent, in world: StoryWorld) -> Bool {
        switch (kind, event) {
        case (.person, .move(let mover, _)): mover != person
        case (.person, _): true
        case (.object, .move(let mover, _)): mover != world.holder[object]
        case (.object, _): event.object != object
        case (.objectBefore, .move(let mover, let place)): mover != world.holder[object] || place != laterPlace
        case (.objectBefore, _): true
        }
    }
}

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

extension Story {
    /// The other questions of its kind about who or what is where at the end, each with the indices of its support. There
    /// are none of the kind `objectBefore`.
    ///
    /// - Parameter start: the world before the first event.
    func furtherQuestions(in start: StoryWorld) -> [(question: StoryQuestion, support: [Int])] {
        var world = start
        for event in events { world.apply(event) }
        func lastMove(of person: Int, before end: Int) -> Int? {
            events[..<end].lastIndex { if case .move(person, _) = $0 { true } else { false } }
        }
        func further(_ support: [Int], object: Int = 0, place: Int) -> (question: StoryQuestion, support: [Int]) {
            (StoryQuestion(question.kind, support.map { events[$0] }, object: object, answer: place), support)
        }
        switch question.kind {
        case .person:
            return world.people.compactMap { person in
                guard person != question.person, let place = world.placeOfPerson[person],
                    let move = lastMove(of: person, before: events.count)
                else { return nil }
                return further([move], place: place)
            }
        case .object:
            return world.objects.compactMap { object in
                guard object != question.object, let place = world.placeOfObject[object],
                    let touch = events.lastIndex(where: { $0.object == object }),
                    // One who has dropped it no longer moves it.
                    let move = lastMove(
                        of: events[touch].person, before: world.holder[object] == nil ? touch : events.count)
                else { return nil }
                return further([move, touch].sorted(), object: object, place: place)
            }
        case .objectBefore: return []
        }
    }
}
