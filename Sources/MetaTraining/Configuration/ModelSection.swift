import LanguageModel
import StrictConfiguration

/// `model`: either the directory of an existing model, or the shape of a fresh one.
struct ModelSection: ConfigurationSection {
    var path: String?
    /// The shape of a fresh model; not used where `path` is given.
    var shape = ModelShape()

    mutating func read(from reader: inout SectionReader) throws {
        try reader.readPath(
            "path", into: &path,
            "An existing model, a directory or a GGUF file, which takes the place of all other keys here")
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
    var width = 96
    var layers = 3
    var heads = 4
    var keyValueHeads: Int?
    var intermediateWidth = 256
    var tiedEmbeddings = true
    var ropeTheta = 10_000.0
    var maximumPositions = 512

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read("width", into: &width, in: 2...65_536, "The width of the residual stream")
        try reader.read("layers", into: &layers, in: 1...1024, "The number of transformer blocks")
        try reader.read("heads", into: &heads, in: 1...1024, "The number of attention heads")
        try reader.read(
            "keyValueHeads", into: &keyValueHeads, in: 1...1024,
            "The number of key and value heads; null for as many as heads")
        try reader.read(
            "intermediateWidth", into: &intermediateWidth, in: 1...1_048_576, "The width inside the feed-forward block")
        try reader.read("tiedEmbeddings", into: &tiedEmbeddings, "Whether the output head is the embedding itself")
        try reader.read("ropeTheta", into: &ropeTheta, in: 1...1e12, "The base of the rotary embedding's wavelengths")
        try reader.read(
            "maximumPositions", into: &maximumPositions, in: 1...16_777_216, "The longest sequence, in tokens")
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
