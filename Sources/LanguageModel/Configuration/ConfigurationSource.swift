import Foundation
import ModelFiles
import StrictJSON

/// Where the values of keys are read from.
protocol ConfigurationSource {
    func integer(_ name: String) throws -> Int?
    func number(_ name: String) throws -> Double?
    func flag(_ name: String) throws -> Bool?
    func text(_ name: String) throws -> String?
    /// A value of any kind; `nil` where there is none, or null.
    func value(_ name: String) throws -> JSONValue?

    /// The names of all keys that are there and say something.
    var names: [String] { get }

    func missing(_ name: String) -> any Error
    func refusal(_ name: String, _ problem: String) -> any Error
}

extension ConfigurationSource {
    /// The parts that a family's keys give.
    ///
    /// - Throws: the source's error for a key that is missing, has no value of its kind, or that none of the keys is.
    func parts(_ keys: [ConfigurationKey]) throws -> ConfigurationParts {
        var parts = ConfigurationParts()
        for key in keys { try key.read(self, &parts) }
        let known = Set(keys.map(\.name))
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw refusal(
                unknown,
                "is not known here, and could change what the model computes; remove the key if it is known not to")
        }
        return parts
    }
}

/// An object in a `config.json`.
struct ConfigurationObject: ConfigurationSource {
    /// Of a name that stands twice the last counts, as Python reads it.
    let members: [String: JSONValue]
    /// The names of the objects around it, each with a dot behind it.
    var path = ""

    /// Reads a file.
    ///
    /// - Throws: `ModelConfigurationError`, which does not name the file, where it cannot be read or is not an object in JSON.
    init(path: String) throws {
        do {
            try self.init(json: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch let error as ModelConfigurationError {
            throw error
        } catch {
            throw ModelConfigurationError(problem: "cannot be read (\(error.localizedDescription)); check the path")
        }
    }

    /// Reads the text of a file.
    ///
    /// - Throws: `ModelConfigurationError` where it is not an object in JSON.
    init(json: Data) throws {
        let tree: JSONTree
        do {
            tree = try JSONReader.read([UInt8](json), depthLimit: 16)
        } catch {
            throw ModelConfigurationError(problem: "is not valid JSON (\(error)); correct the file")
        }
        guard case .object(let members) = JSONValue(tree) else {
            throw ModelConfigurationError(problem: "is not an object; give the configuration of a model")
        }
        self.init(members: members)
    }

    private init(members: [JSONValue.Member], path: String = "") {
        self.members = Dictionary(members.map { ($0.name, $0.value) }) { $1 }
        self.path = path
    }

    func integer(_ name: String) throws -> Int? {
        switch try value(name) {
        case nil: nil
        case .integer(let number): number
        case .number: throw refusal(name, "is not a whole number within bounds; correct it")
        default: throw wrongType(name, "a whole number")
        }
    }

    func number(_ name: String) throws -> Double? {
        switch try value(name) {
        case nil: nil
        case .integer(let number): Double(number)
        case .number(let number): number
        default: throw wrongType(name, "a number")
        }
    }

    func flag(_ name: String) throws -> Bool? {
        switch try value(name) {
        case nil: nil
        case .boolean(let flag): flag
        default: throw wrongType(name, "true or false")
        }
    }

    func text(_ name: String) throws -> String? {
        switch try value(name) {
        case nil: nil
        case .string(let text): text
        default: throw wrongType(name, "text")
        }
    }

    func value(_ name: String) throws -> JSONValue? { members[name].flatMap { $0 == .null ? nil : $0 } }

    /// An object within this one.
    func object(_ name: String) throws -> ConfigurationObject? {
        switch try value(name) {
        case nil: nil
        case .object(let members): ConfigurationObject(members: members, path: "\(path)\(name).")
        default: throw wrongType(name, "an object")
        }
    }

    /// A whole number, or a list of them.
    func integers(_ name: String) throws -> [Int]? {
        guard case .array(let elements) = try value(name) else { return try integer(name).map { [$0] } }
        return try elements.map {
            guard case .integer(let number) = $0 else { throw wrongType(name, "a list of whole numbers") }
            return number
        }
    }

    /// A list of texts.
    func texts(_ name: String) throws -> [String]? {
        guard let value = try value(name) else { return nil }
        guard case .array(let elements) = value else { throw wrongType(name, "a list") }
        return try elements.map {
            guard let text = $0.text else { throw wrongType(name, "a list of texts") }
            return text
        }
    }

    /// Null and false switch nothing on, whatever the key.
    var names: [String] { members.filter { $1 != .null && $1 != .boolean(false) }.keys.sorted() }

    func missing(_ name: String) -> any Error { refusal(name, "is missing; the file must give it") }

    func refusal(_ name: String, _ problem: String) -> any Error {
        ModelConfigurationError(key: path + name, problem: problem)
    }

    private func wrongType(_ name: String, _ expected: String) -> any Error {
        refusal(name, "has the wrong type; \(expected) is expected")
    }
}

/// The metadata of a GGUF file under its architecture's keys.
struct GGUFMetadata: ConfigurationSource {
    let file: GGUFFile
    let architecture: String

    func integer(_ name: String) throws -> Int? { try optional(name, \.integer) }
    func number(_ name: String) throws -> Double? { try optional(name, \.float) }
    func flag(_ name: String) throws -> Bool? { try optional(name, \.bool) }
    func text(_ name: String) throws -> String? { try optional(name, \.string) }

    func value(_ name: String) throws -> JSONValue? {
        guard let value = file.metadata[full(name)] else { return nil }
        return value.integer.map { .integer($0) } ?? value.float.map { .number($0) } ?? value.bool.map { .boolean($0) }
            ?? value.string.map { .string($0) } ?? .string(value.kind)
    }

    var names: [String] {
        file.metadata.keys.filter { $0.hasPrefix(full("")) }.map { String($0.dropFirst(full("").count)) }.sorted()
    }

    func missing(_ name: String) -> any Error { GGUFError(file: file.file, name: full(name), problem: .missing) }

    func refusal(_ name: String, _ problem: String) -> any Error {
        ModelConfigurationError(file: file.file, key: full(name), problem: problem)
    }

    private func optional<Value>(_ name: String, _ kind: KeyPath<GGUFValue, Value?>) throws -> Value? {
        file.metadata[full(name)] == nil ? nil : try file.value(full(name), kind)
    }

    private func full(_ name: String) -> String { "\(architecture).\(name)" }
}
