/// A value while a template is evaluated; what it counts as follows Python.
enum TemplateValue: Equatable {
    /// What a name or a member stands for that is not there.
    case undefined(String)
    case null
    case boolean(Bool)
    case integer(Int)
    case text(MarkedText)
    case list([TemplateValue])
    case map(TemplateMap)
    /// The number of a namespace in the evaluation.
    case namespace(Int)
    /// The state of the innermost loop.
    case loop(index: Int, count: Int)

    static func text(_ string: String) -> TemplateValue { .text(MarkedText(string)) }

    /// Whether a condition holds for it.
    var isTrue: Bool {
        switch self {
        case .undefined, .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .text(let text): !text.characters.isEmpty
        case .list(let elements): !elements.isEmpty
        case .map(let map): !map.entries.isEmpty
        case .namespace, .loop: true
        }
    }

    /// The number that it counts as: that of a truth value is 0 or 1.
    var number: Int? {
        switch self {
        case .integer(let value): value
        case .boolean(let value): value ? 1 : 0
        default: nil
        }
    }

    /// Whether `==` holds.
    func equals(_ other: TemplateValue) -> Bool {
        if let number, let otherNumber = other.number { return number == otherNumber }
        switch (self, other) {
        case (.undefined, .undefined): return true
        case (.list(let first), .list(let second)):
            return first.count == second.count && zip(first, second).allSatisfy { $0.equals($1) }
        default: return self == other
        }
    }

    /// As it is printed; `nil` for what no template prints.
    var printed: MarkedText? {
        switch self {
        case .undefined: MarkedText("")
        case .null: MarkedText("None")
        case .boolean(let value): MarkedText(value ? "True" : "False")
        case .integer(let value): MarkedText(String(value))
        case .text(let text): text
        case .list, .map, .namespace, .loop: nil
        }
    }

    /// What it is, for messages.
    var kindName: String {
        switch self {
        case .undefined(let name): "'\(name)', which is not defined,"
        case .null: "none"
        case .boolean: "a truth value"
        case .integer: "a number"
        case .text: "a text"
        case .list: "a list"
        case .map: "a map"
        case .namespace: "a namespace"
        case .loop: "the loop"
        }
    }

    /// As JSON in the layout of Python's `json.dumps`; `nil` for what has none.
    var json: MarkedText? {
        switch self {
        case .null: return MarkedText("null")
        case .boolean(let value): return MarkedText(value ? "true" : "false")
        case .integer(let value): return MarkedText(String(value))
        case .text(let text): return MarkedText("\"") + text.mapped(Self.escaped) + MarkedText("\"")
        case .list(let elements):
            let parts = elements.compactMap(\.json)
            guard parts.count == elements.count else { return nil }
            return MarkedText("[") + MarkedText(", ").joining(parts) + MarkedText("]")
        case .map(let map):
            let parts = map.entries.compactMap { entry in
                entry.value.json.map {
                    MarkedText("\"") + MarkedText(entry.key).mapped(Self.escaped) + MarkedText("\": ") + $0
                }
            }
            guard parts.count == map.entries.count else { return nil }
            return MarkedText("{") + MarkedText(", ").joining(parts) + MarkedText("}")
        case .undefined, .namespace, .loop: return nil
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{8}": return "\\b"
        case "\u{C}": return "\\f"
        case "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return String(scalar)
        }
    }
}

/// Values by their names, in order.
struct TemplateMap: Equatable {
    struct Entry: Equatable {
        let key: String
        var value: TemplateValue
    }

    var entries: [Entry]

    init(_ entries: [Entry] = []) { self.entries = entries }

    /// Names are compared scalar by scalar.
    subscript(key: String) -> TemplateValue? {
        get { entries.first { $0.key.unicodeScalars.elementsEqual(key.unicodeScalars) }?.value }
        set {
            entries.removeAll { newValue == nil && $0.key.unicodeScalars.elementsEqual(key.unicodeScalars) }
            guard let newValue else { return }
            if let place = entries.firstIndex(where: { $0.key.unicodeScalars.elementsEqual(key.unicodeScalars) }) {
                entries[place].value = newValue
            } else {
                entries.append(Entry(key: key, value: newValue))
            }
        }
    }
}
