import Foundation
import Yams

/// A value of settings, whichever file it is from.
public enum SettingValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([SettingValue])
    case object([String: SettingValue])

    /// The value of an integer or another number.
    package var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}

extension SettingValue: Codable {
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

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension SettingValue {
    /// The value that a node of YAML states.
    init(_ node: Node) {
        switch node {
        case .mapping(let mapping):
            let members = mapping.map { ($0.key.string ?? "", SettingValue($0.value)) }
            self = .object(Dictionary(members) { $1 })
        case .sequence(let sequence): self = .list(sequence.map { SettingValue($0) })
        case .scalar, .alias:
            if node.null != nil {
                self = .null
            } else if let value = node.bool {
                self = .boolean(value)
            } else if let value = node.int {
                self = .integer(value)
            } else if let value = node.float {
                self = .number(value)
            } else {
                self = .text(node.string ?? "")
            }
        }
    }

    /// The node of YAML that states the value.
    fileprivate var node: Node {
        switch self {
        case .null: .scalar(Node.Scalar("null", Tag(.null), .plain))
        case .boolean(let value): value.node
        case .integer(let value): value.node
        case .number(let value): value.node
        // In quotation marks, so that a text is nothing else.
        case .text(let value): .scalar(Node.Scalar(value, Tag(.str), .doubleQuoted))
        case .list(let values): .sequence(Node.Sequence(values.map(\.node)))
        case .object(let members):
            .mapping(Node.Mapping(members.sorted { $0.key < $1.key }.map { (Node($0.key), $0.value.node) }))
        }
    }
}

extension ConfigurationSection {
    /// Reads the members of a JSON object, with all checks.
    ///
    /// - Parameter file: where they are from, for errors.
    /// - Throws: `ConfigurationError`.
    package init(_ members: [String: SettingValue], file: String) throws {
        self.init()
        let source = ConfigurationSource(file: file, directory: nil)
        var reader = try SectionReader(source, node: SettingValue.object(members).node)
        try reader.readAll(into: &self)
    }

    /// The section as the members of a JSON object: every key that has a value.
    ///
    /// - Throws: `ConfigurationError` where the values do not fit each other.
    package func members() throws -> [String: SettingValue] {
        var copy = self
        var reader = try SectionReader(ConfigurationSource(file: "settings", directory: nil), node: [:])
        try reader.readAll(into: &copy)
        guard case .object(let members) = SettingValue(reader.entries.node) else { return [:] }
        return members
    }
}
