import StrictJSON

/// An object of a row, whose members are asked for by name and type.
///
/// A member whose value is null counts as missing; members that nobody asks for are no fault.
struct RowObject {
    /// Where in the row the object stands, put before the names of its members: "questions[2].".
    private let place: String
    private let members: [(name: String, value: JSONTree)]

    /// - Throws: `RowFault` where `tree` is no object or a name occurs twice in it.
    init(_ tree: JSONTree, place: String = "") throws(RowFault) {
        guard case .object(let members) = tree else {
            let what = place.isEmpty ? "the row" : "\"\(place.dropLast())\""
            throw RowFault("\(what) is \(tree.kind); give an object")
        }
        // By bytes: two names that are canonically equivalent are two names.
        var names = Set<ArraySlice<UInt8>>()
        for member in members where !names.insert(member.name).inserted {
            let name = String(decoding: member.name, as: UTF8.self).prefix(32)
            throw RowFault("\"\(place)\(name)\" occurs twice; keep one")
        }
        self.place = place
        self.members = members.map { (String(decoding: $0.name, as: UTF8.self), $0.value) }
    }

    var names: [String] { members.map(\.name) }

    /// The names of the members that are within members: `answers.text`.
    var namesWithin: [String] {
        members.flatMap { name, value -> [String] in
            guard case .object(let inner) = value else { return [] }
            return inner.map { "\(name).\(String(decoding: $0.name, as: UTF8.self))" }
        }
    }

    /// The member of the first of these names that the object has.
    ///
    /// - Returns: its place in the row, for messages, and its value.
    func value(_ names: [String]) -> (name: String, value: JSONTree)? {
        for name in names {
            if let member = members.first(where: { $0.name == name }), member.value != .null {
                return (place + name, member.value)
            }
        }
        return nil
    }

    /// As `value`, where the object must have it.
    func required(_ names: [String]) throws(RowFault) -> (name: String, value: JSONTree) {
        guard let member = value(names) else {
            throw RowFault("\(place)\(names[0]) is missing: give \(names.quotedAlternatives)")
        }
        return member
    }

    /// A text that is not blank.
    func text(_ names: String...) throws(RowFault) -> String { try text(names) }

    func text(_ names: [String]) throws(RowFault) -> String {
        let (name, value) = try required(names)
        let text = try value.text(name)
        guard !text.isBlank else { throw RowFault("\"\(name)\" is empty; give a text") }
        return text
    }

    /// A text or a number, `nil` where there is none or it is blank.
    func optionalText(_ names: String...) throws(RowFault) -> String? {
        guard let (name, value) = value(names) else { return nil }
        let text = try value.text(name)
        return text.isBlank ? nil : text
    }

    /// The texts of a list, or the one that stands in its place: at least one, none of them blank.
    func texts(_ names: String...) throws(RowFault) -> [String] { try texts(names) }

    func texts(_ names: [String]) throws(RowFault) -> [String] {
        let (name, value) = try required(names)
        let texts = try value.texts(name)
        guard !texts.isEmpty else { throw RowFault("\"\(name)\" is empty; give a text or a list of texts") }
        return texts
    }

    /// As `texts`, but empty where there are none.
    func optionalTexts(_ names: String...) throws(RowFault) -> [String] {
        guard let (name, value) = value(names) else { return [] }
        return try value.texts(name)
    }

    /// The elements of a list that is not empty.
    func list(_ name: String) throws(RowFault) -> [(name: String, value: JSONTree)] {
        let (name, value) = try required([name])
        guard case .array(let elements) = value else { throw RowFault("\"\(name)\" is \(value.kind); give a list") }
        guard !elements.isEmpty else { throw RowFault("\"\(name)\" is empty; give a list with something in it") }
        return elements.enumerated().map { ("\(name)[\($0)]", $1) }
    }

    /// The objects of a list. The text `...`, with which published excerpts say that elements were left out, is passed
    /// over.
    func objects(_ name: String) throws(RowFault) -> [RowObject] {
        var objects: [RowObject] = []
        for element in try list(name) where element.value != .ellipsis {
            objects.append(try RowObject(element.value, place: element.name + "."))
        }
        guard !objects.isEmpty else { throw RowFault("\"\(place)\(name)\" is empty; give a list of objects") }
        return objects
    }

    /// `nil` where there is none; texts are none, since some benchmarks give a class in a length's place.
    func optionalInteger(_ name: String) -> Int? {
        guard case .integer(let integer)? = value([name])?.value else { return nil }
        return integer
    }

    /// Each member with a text or a number, in the row's order: "Name: Zoe".
    func statements() throws(RowFault) -> [String] {
        var statements: [String] = []
        for (name, value) in members where value != .null {
            statements.append("\(name): \(try value.text(place + name))")
        }
        return statements
    }
}

extension JSONTree {
    fileprivate static let ellipsis = JSONTree.string(ArraySlice("...".utf8))

    /// A text, or a number as it is written in Swift.
    func text(_ name: String) throws(RowFault) -> String {
        switch self {
        case .string(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .integer(let integer): return "\(integer)"
        case .number(let number) where number.isFinite: return "\(number)"
        default: throw RowFault("\"\(name)\" is \(kind); give a text")
        }
    }

    /// The texts of a list that are not blank, or of a text alone.
    func texts(_ name: String) throws(RowFault) -> [String] {
        guard case .array(let elements) = self else { return [try text(name)].filter { !$0.isBlank } }
        var texts: [String] = []
        for (index, element) in elements.enumerated() { texts.append(try element.text("\(name)[\(index)]")) }
        return texts.filter { !$0.isBlank }
    }

    /// What it is, in words.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .integer, .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension String {
    /// Whether there is nothing but ASCII's white space in it.
    var isBlank: Bool { utf8.allSatisfy(\.isSpace) }

    /// Without ASCII's white space at its ends.
    var trimmed: String { String(decoding: ArraySlice(utf8).trimmed, as: UTF8.self) }
}

extension ArraySlice<UInt8> {
    var trimmed: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { !$0.isSpace }) else { return [] }
        return self[...last].drop(while: \.isSpace)
    }
}

extension UInt8 {
    /// White space of ASCII, line ends included.
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension [String] {
    /// `"answer" or "answers"`.
    var quotedAlternatives: String { map { "\"\($0)\"" }.joined(separator: " or ") }
}
