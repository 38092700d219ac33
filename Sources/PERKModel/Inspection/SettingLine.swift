import Foundation
import StrictConfiguration

/// A setting as a line for people: short, and whatever a file holds, without effect on a terminal.
struct SettingLine: Equatable {
    /// The keys that lead to the value: `rope_parameters.rope_theta`.
    let key: String
    let value: String

    /// The settings of one source, those in objects one by one: general ones first, those of the tokenizer last.
    static func lines(_ settings: [String: SettingValue]) -> [SettingLine] {
        let sorted = settings.sorted { (rank($0.key), $0.key) < (rank($1.key), $1.key) }
        return sorted.flatMap { key, value in
            guard case .object(let members) = value, !members.isEmpty else {
                return [SettingLine(key: key.printable(), value: text(value).printable())]
            }
            return lines(members).map { SettingLine(key: "\(key).\($0.key)".printable(), value: $0.value) }
        }
    }

    private static func rank(_ key: String) -> Int {
        key.hasPrefix("general.") ? 0 : key.hasPrefix("tokenizer.") ? 2 : 1
    }

    /// Lists of at most so many elements are shown whole, of longer ones the first few.
    private static let wholeList = 8, beginning = 4

    private static func text(_ value: SettingValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): "\(value)"
        case .text(let value): value
        case .object(let members): members.isEmpty ? "{}" : "{\(members.count) members}"
        case .list(let elements) where elements.count <= wholeList:
            "[\(elements.map(element).joined(separator: ", "))]"
        case .list(let elements):
            "[\(elements.count) \(kind(of: elements))] \(elements.prefix(beginning).map(element).joined(separator: ", ")), …"
        }
    }

    /// A value within a list.
    private static func element(_ value: SettingValue) -> String {
        switch value {
        case .text(let value): "\"\(value.printable(limit: 30))\""
        case .list(let elements): "[\(elements.count) \(kind(of: elements))]"
        default: text(value)
        }
    }

    private static func kind(of elements: [SettingValue]) -> String {
        switch elements.first {
        case .text: "strings"
        case .integer, .number: "numbers"
        case .boolean: "booleans"
        default: "elements"
        }
    }
}

extension String {
    /// The text on one line, without characters that would steer a terminal, and with … in place of what is beyond
    /// `limit` characters.
    func printable(limit: Int = 100) -> String {
        var text = ""
        for scalar in unicodeScalars.prefix(limit) {
            switch (scalar, scalar.properties.generalCategory) {
            case ("\n", _): text += "\\n"
            case ("\r", _): text += "\\r"
            case ("\t", _): text += "\\t"
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator):
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.dropFirst(limit).isEmpty ? text : text + "…"
    }
}
