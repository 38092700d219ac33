import LanguageModel

/// `model`: either the directory of an existing model, or the shape of a fresh one.
struct ModelSection: ConfigurationSection {
    /// The directory of an existing model.
    var path: String?
    /// The shape of a fresh model; not used where `path` is given.
    var shape = ModelShape()

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath("path", into: &path)
        guard path == nil else {
            guard let key = reader.statedKeys.first(where: { $0 != "path" }) else { return }
            throw reader.refusal(key, "the model at model.path has its own shape; remove this key or model.path")
        }
        try shape.read(from: &reader)
    }

    func validate(_ reader: SectionReader) throws {
        try shape.validate(reader)
    }
}

/// The shape of a fresh model of the Llama family.
struct ModelShape: ConfigurationSection {
    /// The width of the residual stream.
    var width = 96
    /// The number of transformer blocks.
    var layers = 3
    /// The number of attention heads.
    var heads = 4
    /// The number of key and value heads; nil means `heads`.
    var keyValueHeads: Int?
    /// The width inside the feed-forward block.
    var intermediateWidth = 256
    /// Whether the output head is the embedding itself.
    var tiedEmbeddings = true
    /// The base of the rotary embedding's wavelengths.
    var ropeTheta = 10_000.0
    /// The longest sequence, in tokens.
    var maximumPositions = 512

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("width", into: &width, in: 2...65_536)
        try reader.read("layers", into: &layers, in: 1...1024)
        try reader.read("heads", into: &heads, in: 1...1024)
        try reader.read("keyValueHeads", into: &keyValueHeads, in: 1...1024)
        try reader.read("intermediateWidth", into: &intermediateWidth, in: 1...1_048_576)
        try reader.read("tiedEmbeddings", into: &tiedEmbeddings)
        try reader.read("ropeTheta", into: &ropeTheta, in: 1...1e12)
        try reader.read("maximumPositions", into: &maximumPositions, in: 1...16_777_216)
    }

    func validate(_ reader: SectionReader) throws {
        guard width.isMultiple(of: 2 * heads) else {
            throw reader.refusal(
                "heads", "\(heads) heads do not cut a width of \(width) into even parts; change one of them")
        }
        if let keyValueHeads, !heads.isMultiple(of: keyValueHeads) {
            throw reader.refusal("keyValueHeads", "\(keyValueHeads) does not divide the \(heads) heads; use a divisor")
        }
    }

    /// The configuration of a model of this shape.
    /// - Throws: `ModelConfigurationError` where the vocabulary is out of bounds.
    func modelConfiguration(vocabularySize: Int) throws -> ModelConfiguration {
        try ModelConfiguration(
            vocabularySize: vocabularySize, width: width, intermediateWidth: intermediateWidth, layers: layers,
            heads: heads, keyValueHeads: keyValueHeads, normalizationEpsilon: 1e-5, ropeTheta: ropeTheta,
            tiedEmbeddings: tiedEmbeddings, maximumPositions: maximumPositions)
    }
}
