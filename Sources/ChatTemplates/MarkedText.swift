/// A text in which every character remembers whether the template wrote it or a message brought it.
///
/// The template's control tokens become special tokens, the same spelling in a message does not; so the difference must
/// outlive everything that a template does with texts. Characters are Unicode scalars, as in Python, whose rules for
/// texts the operations follow.
struct MarkedText: Equatable {
    struct Character: Equatable {
        let scalar: Unicode.Scalar
        let isFromTemplate: Bool

        /// The same text is equal wherever it is from.
        static func == (first: Character, second: Character) -> Bool { first.scalar == second.scalar }
    }

    var characters: [Character]

    init(_ characters: some Sequence<Character>) { self.characters = Array(characters) }

    init(_ text: String, isFromTemplate: Bool) {
        characters = text.unicodeScalars.map { Character(scalar: $0, isFromTemplate: isFromTemplate) }
    }

    /// A text of the template.
    init(_ text: String) { self.init(text, isFromTemplate: true) }

    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: characters.lazy.map(\.scalar))
        return String(view)
    }

    static func + (first: MarkedText, second: MarkedText) -> MarkedText {
        MarkedText(first.characters + second.characters)
    }

    // MARK: - Finding

    /// Where `other` first stands at or after `start`.
    func firstIndex(of other: MarkedText, from start: Int = 0) -> Int? {
        let count = other.characters.count
        guard characters.count - start >= count else { return nil }
        return (start...(characters.count - count)).first { characters[$0..<($0 + count)] == other.characters[...] }
    }

    func hasPrefix(_ other: MarkedText) -> Bool { characters.starts(with: other.characters) }

    func hasSuffix(_ other: MarkedText) -> Bool { characters.reversed().starts(with: other.characters.reversed()) }

    // MARK: - Cutting

    enum Side { case left, right, both }

    /// The text without the given characters at its ends, white space unless given.
    func trimmed(_ side: Side, of unwanted: MarkedText? = nil) -> MarkedText {
        func isUnwanted(_ character: Character) -> Bool {
            unwanted.map { $0.characters.contains(character) } ?? character.scalar.isPythonWhitespace
        }
        var rest = characters[...]
        if side != .right { rest = rest.drop(while: isUnwanted) }
        if side != .left { while let last = rest.last, isUnwanted(last) { rest.removeLast() } }
        return MarkedText(rest)
    }

    /// The parts between the places where `separator`, which is not empty, stands, at most `limit` of which count.
    func split(by separator: MarkedText, limit: Int = .max) -> [MarkedText] {
        var parts: [MarkedText] = []
        var start = 0
        while parts.count < limit, let place = firstIndex(of: separator, from: start) {
            parts.append(MarkedText(characters[start..<place]))
            start = place + separator.characters.count
        }
        return parts + [MarkedText(characters[start...])]
    }

    /// The words between white space.
    func words() -> [MarkedText] {
        characters.split { $0.scalar.isPythonWhitespace }.map { MarkedText($0) }
    }

    func joining(_ parts: [MarkedText]) -> MarkedText {
        MarkedText(parts.map(\.characters).joined(separator: characters))
    }

    // MARK: - Changing

    /// The text with each character made what `mapping` says, which keeps where it is from.
    func mapped(_ mapping: (Unicode.Scalar) -> String) -> MarkedText {
        MarkedText(
            characters.flatMap { character in
                mapping(character.scalar).unicodeScalars.map {
                    Character(scalar: $0, isFromTemplate: character.isFromTemplate)
                }
            })
    }
}

extension Unicode.Scalar {
    /// What Python's texts count as white space: Unicode's, and the four separators of ASCII.
    var isPythonWhitespace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
