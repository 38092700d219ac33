import SeededRandom

/// Something that happens in a story. People, places and objects are numbers in the lists of its world.
enum StoryEvent: Equatable {
    case move(person: Int, place: Int)
    case take(person: Int, object: Int)
    case drop(person: Int, object: Int)

    var person: Int {
        switch self {
        case .move(let person, _), .take(let person, _), .drop(let person, _): person
        }
    }

    var object: Int? {
        switch self {
        case .move: nil
        case .take(_, let object), .drop(_, let object): object
        }
    }
}

/// Who and what is where, as far as it has been told. Nothing is known at first.
///
/// One who takes an object stands where it is; an object moves with its holder and stays where it is dropped.
struct StoryWorld {
    let places: Int
    private(set) var placeOfPerson: [Int?]
    private(set) var placeOfObject: [Int?]
    private(set) var holder: [Int?]
    /// For each object, which places it has been to.
    private var visits: [Set<Int>]

    init(people: Int, places: Int, objects: Int) {
        self.places = places
        placeOfPerson = Array(repeating: nil, count: people)
        placeOfObject = Array(repeating: nil, count: objects)
        holder = Array(repeating: nil, count: objects)
        visits = Array(repeating: [], count: objects)
    }

    var people: Range<Int> { placeOfPerson.indices }
    var objects: Range<Int> { placeOfObject.indices }

    func has(_ object: Int, beenTo place: Int) -> Bool { visits[object].contains(place) }

    /// Whether it changes something and contradicts nothing that is known. An object whose place is known is taken only
    /// by one who is known to be there.
    func allows(_ event: StoryEvent) -> Bool {
        switch event {
        case .move(let person, let place): placeOfPerson[person] != place
        case .take(let person, let object):
            holder[object] == nil
                && (placeOfObject[object] == nil || placeOfObject[object] == placeOfPerson[person])
        case .drop(let person, let object): holder[object] == person
        }
    }

    mutating func apply(_ event: StoryEvent) {
        precondition(allows(event), "an event that cannot happen")
        switch event {
        case .move(let person, let place):
            placeOfPerson[person] = place
            for object in objects where holder[object] == person { put(object, at: place) }
        case .take(let person, let object):
            holder[object] = person
            if let place = placeOfPerson[person] { put(object, at: place) }
        case .drop(_, let object): holder[object] = nil
        }
    }

    private mutating func put(_ object: Int, at place: Int) {
        placeOfObject[object] = place
        visits[object].insert(place)
    }

    /// An event that the world and `permits` allow: a move as often as not, otherwise something is taken or dropped.
    /// There has to be somebody whose moves are permitted.
    func event(
        movesOnly: Bool, using random: inout RandomSource, where permits: (StoryEvent) -> Bool
    ) -> StoryEvent {
        while true {
            let person = random.integer(in: 0...people.count - 1)
            let event: StoryEvent
            if movesOnly || random.uniform() < 0.5 {
                event = .move(person: person, place: random.integer(in: 0...places - 1))
            } else {
                let object = random.integer(in: 0...objects.count - 1)
                event =
                    holder[object] == nil
                    ? .take(person: person, object: object) : .drop(person: person, object: object)
            }
            if allows(event), permits(event) { return event }
        }
    }
}
