import Foundation

/// Answers a question about a story from the text alone, by living through it.
///
/// A fault of the story, such as taking what somebody else holds, is thrown.
struct StorySolver {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private static let moves: Set = ["went", "moved", "walked", "travelled", "hurried"]
    private static let takes: Set = ["took", "grabbed", "picked up", "got"]
    private static let drops: Set = ["dropped", "left", "put down", "discarded"]

    private var place: [String: String] = [:]
    private var owner: [String: String] = [:]
    /// The places that each object has been to, without repetition of the last.
    private var trail: [String: [String]] = [:]
    private(set) var events = 0

    init(text: String, people: [String]) throws {
        for sentence in text.components(separatedBy: ". ") {
            let sentence = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
            guard let name = sentence.split(separator: " ").first.map(String.init), people.contains(name) else {
                // Nothing but the statements of the story names anybody.
                let words = sentence.components(separatedBy: .letters.inverted)
                if people.contains(where: words.contains) { throw Fault(description: sentence) }
                continue
            }
            try tell(sentence, name)
        }
    }

    private mutating func tell(_ sentence: String, _ name: String) throws {
        events += 1
        var rest = sentence
        if let colon = sentence.range(of: ": ") {
            guard sentence[..<colon.lowerBound] == "\(name) Event \(events)" else { throw Fault(description: sentence) }
            rest = String(sentence[colon.upperBound...])
        }
        let words = rest.split(separator: " ").map(String.init)
        guard words.first == name, let the = words.firstIndex(of: "the"), the + 1 < words.count else {
            throw Fault(description: sentence)
        }
        let thing = words[the + 1]
        let verb = words[1..<the].joined(separator: " ")
        if words[the - 1] == "to", Self.moves.contains(words[1]) {
            place[name] = thing
            for (object, holder) in owner where holder == name { reach(object, thing) }
        } else if Self.takes.contains(verb) {
            guard owner[thing] == nil else { throw Fault(description: "held already: \(sentence)") }
            if let last = trail[thing]?.last, last != place[name] {
                throw Fault(description: "not there: \(sentence)")
            }
            owner[thing] = name
            if let here = place[name] { reach(thing, here) }
        } else if Self.drops.contains(verb) {
            guard owner[thing] == name else { throw Fault(description: "not held: \(sentence)") }
            owner[thing] = nil
        } else {
            throw Fault(description: "no event: \(sentence)")
        }
    }

    private mutating func reach(_ object: String, _ place: String) {
        if trail[object]?.last != place { trail[object, default: []].append(place) }
    }

    func answer(to question: String) throws -> String {
        let words = question.dropLast().split(separator: " ").map(String.init)
        switch words.count {
        case 3:
            guard let answer = place[words[2]] else { break }
            return answer
        case 4:
            guard let answer = trail[words[3]]?.last else { break }
            return answer
        case 7:
            let visits = (trail[words[3]] ?? []).indices.filter { trail[words[3]]?[$0] == words[6] }
            guard visits.count == 1, visits[0] > 0, let answer = trail[words[3]]?[visits[0] - 1] else { break }
            return answer
        default: break
        }
        throw Fault(description: "no single answer to \(question)")
    }
}
