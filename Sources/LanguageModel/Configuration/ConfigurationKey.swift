import StrictJSON

/// A key of a model's configuration, in `config.json` or in a GGUF file's metadata: what it means, or that it means nothing
/// here. Keys that no one has considered are refused, so that none changes a computation unnoticed.
struct ConfigurationKey: Sendable {
    typealias Part<Value> = WritableKeyPath<ConfigurationParts, Value?> & Sendable

    let name: String
    /// What the key does here.
    let effect: Effect
    /// The part of a configuration that it gives, if it gives one by itself.
    let part: (PartialKeyPath<ConfigurationParts> & Sendable)?
    /// Takes the value over, or refuses it. Called for every key of a family, whether the file has it or not.
    let read: @Sendable (any ConfigurationSource, inout ConfigurationParts) throws -> Void
    /// The value to be written; `nil` for none.
    let write: @Sendable (ConfigurationParts) -> JSONValue?

    enum Effect: Sendable, Equatable {
        /// Its value is used.
        case used
        /// Any other value than these is refused.
        case fixed([JSONValue])
        /// It does not bear on what is computed here.
        case harmless
    }

    init(
        _ name: String, effect: Effect = .used, part: (PartialKeyPath<ConfigurationParts> & Sendable)? = nil,
        read: @escaping @Sendable (any ConfigurationSource, inout ConfigurationParts) throws -> Void,
        write: @escaping @Sendable (ConfigurationParts) -> JSONValue? = { _ in nil }
    ) {
        self.name = name
        self.effect = effect
        self.part = part
        self.read = read
        self.write = write
    }

    /// A key that every file has.
    static func required<Value: ConfigurationScalar>(_ name: String, _ part: Part<Value>) -> Self {
        Self(name, part: part) { source, parts in
            guard let value = try Value(of: name, in: source) else { throw source.missing(name) }
            parts[keyPath: part] = value
        } write: {
            $0[keyPath: part]?.json
        }
    }

    /// A key that a file may leave out, and what then counts.
    static func optional<Value: ConfigurationScalar>(
        _ name: String, _ part: Part<Value>, isWritten: Bool = true,
        default otherwise: @escaping @Sendable (ConfigurationParts) -> Value?
    ) -> Self {
        Self(name, part: part) { source, parts in
            parts[keyPath: part] = try Value(of: name, in: source) ?? otherwise(parts)
        } write: {
            isWritten ? $0[keyPath: part]?.json : nil
        }
    }

    static func optional<Value: ConfigurationScalar>(
        _ name: String, _ part: Part<Value>, default value: Value? = nil
    ) -> Self {
        optional(name, part) { _ in value }
    }

    /// A key that must have one of these values where it is there; others would ask for computations that are not carried
    /// out here.
    static func fixed(_ name: String, to values: JSONValue..., isWritten: Bool = true) -> Self {
        Self(name, effect: .fixed(values)) { source, _ in
            guard let found = try source.value(name), !values.contains(found) else { return }
            let allowed = values.map(\.description).joined(separator: " or ")
            throw source.refusal(name, "\(found) is not supported here; \(allowed) is")
        } write: { _ in
            isWritten ? values[0] : nil
        }
    }

    /// A key that must not be there.
    static func absent(_ name: String, _ problem: String) -> Self {
        Self(name, effect: .fixed([])) { source, _ in
            if try source.value(name) != nil { throw source.refusal(name, problem) }
        }
    }
}

extension [ConfigurationKey] {
    /// Keys that do not bear on what is computed here.
    static func harmless(_ names: String...) -> Self { names.map { .init($0, effect: .harmless) { _, _ in } } }

    /// The name of the key that gives a part; `nil` where none does.
    func name(of part: PartialKeyPath<ConfigurationParts>) -> String? {
        first { key in key.part.map { $0 as PartialKeyPath == part } ?? false }?.name
    }
}

/// What a configuration is made from; `nil` where a file says nothing.
struct ConfigurationParts {
    var vocabularySize, width, intermediateWidth, layers, heads, keyValueHeads, headWidth: Int?
    var normalizationEpsilon, ropeTheta: Double?
    var ropeScaling = RotaryScaling.none
    var slidingWindow: SlidingWindow?
    var queryScalar: Double?
    var tiedEmbeddings: Bool?
    var maximumPositions, bosToken, paddingToken: Int?
    var eosTokens: [Int] = []
}

/// A number or a truth value that a key gives.
protocol ConfigurationScalar: Sendable {
    /// The value of a key; `nil` where the file has none, or null.
    init?(of name: String, in source: any ConfigurationSource) throws
    var json: JSONValue { get }
}

extension Int: ConfigurationScalar {
    init?(of name: String, in source: any ConfigurationSource) throws {
        guard let value = try source.integer(name) else { return nil }
        self = value
    }
    var json: JSONValue { .integer(self) }
}

extension Double: ConfigurationScalar {
    init?(of name: String, in source: any ConfigurationSource) throws {
        guard let value = try source.number(name) else { return nil }
        self = value
    }
    var json: JSONValue { .number(self) }
}

extension Bool: ConfigurationScalar {
    init?(of name: String, in source: any ConfigurationSource) throws {
        guard let value = try source.flag(name) else { return nil }
        self = value
    }
    var json: JSONValue { .boolean(self) }
}
