import Foundation

/// Reads the keys of a `config.json` under a family's spelling, with errors that name the key.
struct ConfigurationReader {
    /// A key as it is spelled in the file.
    struct Spelling: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let values: KeyedDecodingContainer<Spelling>
    var family = ModelFamily.llama

    func contains(_ key: ConfigurationKey) throws -> Bool {
        try values.contains(spelling(key)) && !values.decodeNil(forKey: spelling(key))
    }

    /// A value that may be absent or null. A number that the type cannot hold is blamed on its key; `JSONDecoder` would
    /// call the whole file invalid.
    func optional<Value: Decodable>(_ type: Value.Type = Value.self, _ key: ConfigurationKey) throws -> Value? {
        do {
            return try values.decodeIfPresent(type, forKey: spelling(key))
        } catch let error as DecodingError {
            throw error
        } catch {
            throw refusal(key, "is not \(ModelConfigurationError.name(of: type)) within bounds; correct it")
        }
    }

    /// A value that must be there.
    func required<Value: Decodable>(_ type: Value.Type = Value.self, _ key: ConfigurationKey) throws -> Value {
        guard let value = try optional(type, key) else {
            throw refusal(key, "is missing; the file must give it")
        }
        return value
    }

    /// Refuses a setting that would change the computation in a way that this library does not carry out.
    func refuse(_ key: ConfigurationKey, unless supported: Bool, _ problem: String) throws {
        if try contains(key), try optional(Bool.self, key) != supported { throw refusal(key, problem) }
    }

    func refusal(_ key: ConfigurationKey, _ problem: String) -> ModelConfigurationError {
        key.refusal(problem, in: family)
    }

    private func spelling(_ key: ConfigurationKey) -> Spelling { Spelling(stringValue: key.spelling(in: family)) }
}

extension ModelConfigurationError {
    /// What a JSON reader has to complain about, in this library's words.
    init(decoding error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String? {
            keys.isEmpty ? nil : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self.init(key: path(context.codingPath), problem: "has the wrong type; \(Self.name(of: type)) is expected")
        case .dataCorrupted(let context):
            let problem = "is not valid (\(context.debugDescription)); correct the file"
            self.init(key: path(context.codingPath), problem: problem)
        default:
            self.init(problem: "cannot be read (\(error)); correct the file")
        }
    }

    static func name(of type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is String.Type: "text"
        case is [Int].Type, is [Any].Type: "a list of whole numbers"
        default: "an object"
        }
    }
}
