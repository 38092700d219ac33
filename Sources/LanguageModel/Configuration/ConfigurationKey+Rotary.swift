import StrictJSON

// The keys of the rotary embedding and of its scaling.

extension [ConfigurationKey] {
    /// `config.json`: `rope_parameters` of transformers 5, and `rope_theta` with `rope_scaling` of earlier versions. Both
    /// are written.
    static func rotary(theta: Double = 10_000) -> Self {
        [
            .optional("rope_theta", \.ropeTheta, default: theta),
            ConfigurationKey("rope_scaling", part: \ConfigurationParts.ropeScaling) { source, parts in
                guard let object = try (source as? ConfigurationObject)?.object("rope_scaling") else { return }
                parts.ropeScaling = try object.scaling(
                    named: "rope_scaling", in: source, positions: parts.maximumPositions)
            } write: {
                $0.ropeScaling == .none ? nil : .object($0.ropeScaling.members)
            },
            ConfigurationKey("rope_parameters") { source, parts in
                guard let object = try (source as? ConfigurationObject)?.object("rope_parameters") else { return }
                if let theta = try object.number("rope_theta") { parts.ropeTheta = theta }
                parts.ropeScaling = try object.scaling(
                    named: "rope_parameters", in: source, positions: parts.maximumPositions)
            } write: {
                .object([.init("rope_theta", ($0.ropeTheta ?? theta).json)] + $0.ropeScaling.members)
            },
            .fixed("partial_rotary_factor", to: .integer(1), isWritten: false),
        ]
    }

    /// GGUF's metadata. The factors of Llama 3 are a tensor there; see `ModelConfiguration.init(gguf:)`.
    static let ggufRotary: Self =
        [
            .optional("rope.freq_base", \.ropeTheta, default: 10_000),
            // How files before 2023 stated a linear scaling.
            ConfigurationKey("rope.scale_linear") { source, parts in
                guard let factor = try source.number("rope.scale_linear"), factor != 1 else { return }
                parts.ropeScaling = .linear(factor: factor)
            },
            ConfigurationKey("rope.scaling.type") { source, parts in
                let factor = try source.number("rope.scaling.factor") ?? 1
                let original = try source.integer("rope.scaling.original_context_length")
                switch try source.text("rope.scaling.type") {
                case nil, "none": break
                case "linear": parts.ropeScaling = .linear(factor: factor)
                case "yarn":
                    var yarn = RotaryScaling.YaRN(
                        factor: factor, originalPositions: original ?? parts.maximumPositions ?? 0)
                    if let attention = try source.number("rope.scaling.attn_factor") {
                        yarn.magnitude = attention * RotaryEmbedding(theta: 1, scaling: .yarn(yarn)).magnitude
                    }
                    parts.ropeScaling = .yarn(yarn)
                case let type?:
                    throw source.refusal("rope.scaling.type", "rotary scaling of type \"\(type)\" is not supported")
                }
            },
            .used("rope.scaling.factor", by: "rope.scaling.type"),
            .used("rope.scaling.original_context_length", by: "rope.scaling.type"),
            .used("rope.scaling.attn_factor", by: "rope.scaling.type"),
            .fixed("rope.scaling.yarn_log_multiplier", to: .number(0)),
        ] + .harmless("rope.scaling.finetuned")
}

extension ConfigurationKey {
    /// A key that another one reads.
    fileprivate static func used(_ name: String, by other: String) -> Self { Self(name) { _, _ in } }
}

extension ConfigurationObject {
    /// The scaling that this object, the value of the key `name` in `source`, states.
    ///
    /// - Parameter positions: those of the model, which count as the original ones where no others are named.
    func scaling(
        named name: String, in source: any ConfigurationSource, positions: Int?
    ) throws -> RotaryScaling {
        if let part = try number("partial_rotary_factor"), part != 1 {
            throw source.refusal(
                name, "rotating only a part of each head is not supported; use a model with a factor of 1")
        }
        let type = try text("rope_type") ?? text("type") ?? "default"
        var known: Set = ["rope_theta", "partial_rotary_factor", "rope_type", "type"]
        func optional(_ key: String) throws -> Double? {
            known.insert(key)
            return try number(key)
        }
        func required(_ key: String) throws -> Double {
            guard let value = try optional(key) else { throw missing(key) }
            return value
        }
        func originalPositions() throws -> Int {
            let key = "original_max_position_embeddings"
            known.insert(key)
            guard let value = try integer(key) ?? positions else { throw missing(key) }
            return value
        }
        let scaling: RotaryScaling
        switch type {
        case "default": scaling = .none
        case "linear": scaling = .linear(factor: try required("factor"))
        case "llama3":
            scaling = .llama3(
                factor: try required("factor"), lowFrequency: try required("low_freq_factor"),
                highFrequency: try required("high_freq_factor"), originalPositions: try originalPositions())
        case "yarn":
            var yarn = RotaryScaling.YaRN(factor: try required("factor"), originalPositions: try originalPositions())
            yarn.magnitude = try optional("attention_factor")
            yarn.fastTurns = try optional("beta_fast") ?? yarn.fastTurns
            yarn.slowTurns = try optional("beta_slow") ?? yarn.slowTurns
            yarn.roundsBounds = try flag("truncate") ?? yarn.roundsBounds
            known.insert("truncate")
            scaling = .yarn(yarn)
        default:
            let problem = "rotary scaling of type \"\(type)\" is not supported; use a model without it"
            throw source.refusal(name, problem)
        }
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw refusal(unknown, "is not known for rotary scaling of type \"\(type)\"")
        }
        return scaling
    }
}

extension RotaryScaling {
    /// The members of `rope_parameters` or `rope_scaling`.
    var members: [JSONValue.Member] {
        func members(_ type: String, _ values: [(String, JSONValue?)]) -> [JSONValue.Member] {
            [.init("rope_type", .string(type))] + values.compactMap { name, value in value.map { .init(name, $0) } }
        }
        return switch self {
        case .none: members("default", [])
        case .linear(let factor): members("linear", [("factor", factor.json)])
        case .llama3(let factor, let low, let high, let positions):
            members(
                "llama3",
                [
                    ("factor", factor.json), ("low_freq_factor", low.json), ("high_freq_factor", high.json),
                    ("original_max_position_embeddings", positions.json),
                ])
        case .yarn(let yarn):
            members(
                "yarn",
                [
                    ("factor", yarn.factor.json), ("original_max_position_embeddings", yarn.originalPositions.json),
                    ("attention_factor", yarn.magnitude?.json), ("beta_fast", yarn.fastTurns.json),
                    ("beta_slow", yarn.slowTurns.json), ("truncate", yarn.roundsBounds.json),
                ])
        // `ModelConfiguration.write` refuses them: config.json has no place for them.
        case .divisors: members("default", [])
        }
    }
}
