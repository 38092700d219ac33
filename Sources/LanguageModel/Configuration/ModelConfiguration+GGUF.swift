import ModelFiles

/// Reading the metadata of a GGUF file.
extension ModelConfiguration {
    /// Every key of the architecture's that is there is used, known not to bear on the computation, or refused.
    ///
    /// - Throws: `ModelConfigurationError` naming the file and the key, `GGUFError` where a value is missing or of another
    ///   kind than its key has.
    public init(gguf file: GGUFFile) throws {
        let family = try Self.family(of: file)
        let vocabulary = try file.entry(WeightRole.embedding.ggufName).shape
        guard vocabulary.count == 2 else {
            throw GGUFError(file: file.file, name: "token_embd.weight", problem: .notAMatrix(vocabulary))
        }
        let metadata = GGUFMetadata(file: file, architecture: family.definition.ggufArchitecture)
        var parts = try metadata.parts(family.definition.ggufKeys)
        parts.vocabularySize = vocabulary[0]
        parts.tiedEmbeddings = !file.contains(WeightRole.head.ggufName)
        parts.bosToken = Self.token("bos_token_id", of: file, below: vocabulary[0])
        parts.eosTokens = ["eos_token_id", "eot_token_id", "eom_token_id"]
            .compactMap { Self.token($0, of: file, below: vocabulary[0]) }
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        parts.paddingToken = Self.token("padding_token_id", of: file, below: vocabulary[0])
        if family.definition.weights.rotatesPositions, file.contains(Self.rotaryDivisors) {
            parts.ropeScaling = .divisors(try file.floats(Self.rotaryDivisors).map(Double.init))
        }
        do {
            try self.init(family: family, parts)
        } catch let error as ModelConfigurationError {
            throw error.naming(file: file.file)
        }
    }

    /// What each frequency of the rotary embedding is divided by: Llama 3's scaling.
    static let rotaryDivisors = "rope_freqs.weight"

    private static func family(of file: GGUFFile) throws -> ModelFamily {
        let type = file.metadata["general.type"]?.string ?? "model"
        guard type == "model" else {
            throw ModelConfigurationError(
                file: file.file, key: "general.type", problem: "is \"\(type)\"; give the file of a model")
        }
        let architecture = try file.value("general.architecture", \.string)
        guard let family = ModelFamily.allCases.first(where: { $0.definition.ggufArchitecture == architecture }) else {
            let known = ModelFamily.allCases.map { "\"\($0.definition.ggufArchitecture)\"" }.joined(separator: ", ")
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
}
