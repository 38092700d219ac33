import Foundation
import ModelFiles

/// A value of a model's settings, whichever file it is from.
public enum SettingValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([SettingValue])
    case object([String: SettingValue])

    /// The value of an integer or another number.
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}

extension SettingValue: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode([SettingValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: SettingValue].self))
        }
    }

    /// The object in a JSON file.
    ///
    /// - Throws: `InspectionError`.
    static func object(at path: String) throws -> [String: SettingValue] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw InspectionError(path: path, problem: "cannot be read (\(error.localizedDescription)); check the path")
        }
        do {
            return try JSONDecoder().decode([String: SettingValue].self, from: data)
        } catch {
            throw InspectionError(
                path: path, problem: "is not a JSON object; the file is damaged, fetch or write it again")
        }
    }
}

extension SettingValue {
    /// A value of GGUF's metadata; in words where there is nothing to express it by, as with arrays of arrays.
    init(_ value: GGUFValue) {
        func list<Element>(_ elements: [Element], _ make: (Element) -> SettingValue) -> SettingValue {
            value.count == nil ? make(elements[0]) : .list(elements.map(make))
        }
        if let texts = value.strings ?? value.string.map({ [$0] }) {
            self = list(texts) { .text($0) }
        } else if let integers = value.integers ?? value.integer.map({ [$0] }) {
            self = list(integers) { .integer($0) }
        } else if let numbers = value.floats ?? value.float.map({ [$0] }) {
            // The shortest decimals that mean the same number of 32 bits: 1e-05, not 9.999999747378752e-06.
            let isSingle = value.elementType == .float32
            self = list(numbers) { .number(isSingle ? Double("\(Float($0))") ?? $0 : $0) }
        } else if let bools = value.bools ?? value.bool.map({ [$0] }) {
            self = list(bools) { .boolean($0) }
        } else {
            self = .text(value.kind)
        }
    }
}
