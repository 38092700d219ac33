import ModelFiles

/// Reading the metadata of a GGUF file.
extension ModelConfiguration {
    /// - Throws: `ModelConfigurationError` naming the file and the key, `GGUFError` where a value is missing or of another
    ///   kind than its key has.
    public init(gguf file: GGUFFile) throws {
        let metadata = GGUFMetadata(file: file, family: try Self.family(of: file))
        try Self.refuseUnsupported(metadata)
        let vocabulary = try file.entry(WeightRole.embedding.ggufName).shape
        guard vocabulary.count == 2 else {
            throw GGUFError(file: file.file, name: "token_embd.weight", problem: .notAMatrix(vocabulary))
        }
        let heads = try metadata.required("attention.head_count", \.integer)
        let isGPT2 = metadata.family == .gpt2
        do {
            try self.init(
                family: metadata.family,
                vocabularySize: vocabulary[0],
                width: metadata.required("embedding_length", \.integer),
                intermediateWidth: metadata.required("feed_forward_length", \.integer),
                layers: metadata.required("block_count", \.integer),
                heads: heads,
                keyValueHeads: metadata.optional("attention.head_count_kv", \.integer),
                headWidth: isGPT2 ? nil : metadata.optional("attention.key_length", \.integer),
                normalizationEpsilon: metadata.required(
                    "attention.layer_norm\(isGPT2 ? "" : "_rms")_epsilon", \.float),
                ropeTheta: metadata.optional("rope.freq_base", \.float) ?? 10_000,
                tiedEmbeddings: !file.contains(WeightRole.head.ggufName),
                maximumPositions: metadata.required("context_length", \.integer),
                bosToken: Self.token("bos_token_id", of: file, below: vocabulary[0]),
                eosTokens: [Self.token("eos_token_id", of: file, below: vocabulary[0])].compactMap(\.self),
                paddingToken: Self.token("padding_token_id", of: file, below: vocabulary[0]))
        } catch let error as ModelConfigurationError {
            throw error.naming(file: file.file)
        }
        guard try metadata.optional("rope.dimension_count", \.integer) ?? headWidth == headWidth else {
            throw metadata.refusal("rope.dimension_count", "rotating only a part of each head is not supported")
        }
        guard try metadata.optional("attention.value_length", \.integer) ?? headWidth == headWidth else {
            throw metadata.refusal("attention.value_length", "values of another width than keys are not supported")
        }
    }

    private static func family(of file: GGUFFile) throws -> ModelFamily {
        let type = file.metadata["general.type"]?.string ?? "model"
        guard type == "model" else {
            throw ModelConfigurationError(
                file: file.file, key: "general.type", problem: "is \"\(type)\"; give the file of a model")
        }
        let architecture = try file.value("general.architecture", \.string)
        guard let family = ModelFamily(rawValue: architecture) else {
            let known = ModelFamily.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw ModelConfigurationError(
                file: file.file, key: "general.architecture",
                problem: "\"\(architecture)\" is not supported here; \(known) are")
        }
        return family
    }

    /// A special token; files of older converters name ids that do not exist.
    private static func token(_ name: String, of file: GGUFFile, below count: Int) -> Int? {
        file.metadata["tokenizer.ggml.\(name)"]?.integer.flatMap { (0..<count).contains($0) ? $0 : nil }
    }

    private static func refuseUnsupported(_ metadata: GGUFMetadata) throws {
        if let scaling = try metadata.optional("rope.scaling.type", \.string), scaling != "none" {
            throw metadata.refusal("rope.scaling.type", "rotary scaling of type \"\(scaling)\" is not supported")
        }
        if metadata.file.contains("rope_freqs.weight") {
            throw ModelConfigurationError(
                file: metadata.file.file, key: "rope_freqs.weight",
                problem: "scaled rotary frequencies are not supported")
        }
        if try metadata.optional("expert_count", \.integer) ?? 0 > 0 {
            throw metadata.refusal("expert_count", "mixtures of experts are not supported")
        }
        if try metadata.optional("attention.sliding_window", \.integer) ?? 0 > 0 {
            throw metadata.refusal("attention.sliding_window", "attention in a sliding window is not supported")
        }
    }
}

/// The metadata of a GGUF file under its family's keys.
private struct GGUFMetadata {
    let file: GGUFFile
    let family: ModelFamily

    func required<Value>(_ key: String, _ kind: KeyPath<GGUFValue, Value?>) throws -> Value {
        try file.value(full(key), kind)
    }

    func optional<Value>(_ key: String, _ kind: KeyPath<GGUFValue, Value?>) throws -> Value? {
        file.metadata[full(key)] == nil ? nil : try required(key, kind)
    }

    func refusal(_ key: String, _ problem: String) -> ModelConfigurationError {
        ModelConfigurationError(file: file.file, key: full(key), problem: problem)
    }

    private func full(_ key: String) -> String { "\(family.rawValue).\(key)" }
}
