/// A sentence with named slots in braces: "{entity} lives in {value}."
struct SentencePattern: Decodable, Hashable, Sendable {
    private enum Piece: Hashable {
        case text(String)
        case slot(String)
    }

    private let pieces: [Piece]

    /// - Throws: `FactsWorldError` where a brace has no partner.
    init(_ source: String) throws {
        var pieces: [Piece] = []
        var rest = source[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { break }
            pieces.append(.text(String(rest[..<open])))
            pieces.append(.slot(String(rest[open..<close].dropFirst())))
            rest = rest[close...].dropFirst()
        }
        pieces.append(.text(String(rest)))
        for case .text(let text) in pieces where text.contains(where: { $0 == "{" || $0 == "}" }) {
            throw FactsWorldError(subject: "\"\(source)\"", problem: "a brace has no partner; write slots as {name}")
        }
        self.pieces = pieces
    }

    init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// The names of the slots, in the order in which they stand.
    var slots: [String] {
        pieces.compactMap { if case .slot(let name) = $0 { name } else { nil } }
    }

    /// Whether nothing stands before the first slot.
    var beginsWithSlot: Bool { pieces.first == .text("") && pieces.count > 1 }

    /// The pattern as it was written.
    var source: String { filled { "{\($0)}" } }

    /// The sentence that `word` gives, asked for each slot in the order in which they stand.
    func filled(_ word: (_ slot: String) -> String) -> String {
        var sentence = ""
        for piece in pieces {
            switch piece {
            case .text(let text): sentence += text
            case .slot(let name): sentence += word(name)
            }
        }
        return sentence
    }

    /// The sentence about `entity`, stating `value` where it has a slot for one.
    func filled(entity: String, value: String = "") -> String {
        filled { $0 == "entity" ? entity : value }
    }
}
