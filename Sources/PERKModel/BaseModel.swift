import ChatTemplates
import Digests
import Foundation
import LanguageModel
import ModelFiles
import Tensors
import Tokenization

/// A language model with its tokenizer, as it lies in a Hugging Face directory or a GGUF file.
public struct BaseModel: Sendable {
    public let configuration: ModelConfiguration
    public let weights: ModelWeights<StoredWeight<Float>>
    public let tokenizer: any Tokenizer
    /// Tensors of the files that the model has no use for, by their names.
    public let unusedTensors: [String]
    /// Where the model says how a conversation is written, if it does.
    public let chatTemplate: ChatTemplateSource?
    /// The files that hold all this.
    let files: [BaseFile]

    /// Reads the model at `path`, or the base model of the meta-trained one that lies there.
    ///
    /// - Parameters:
    ///   - base: where the base model of a start lies that holds none; `nil` to look for it in `locations`.
    /// - Throws: an error that names the file and what is wrong with it; `BaseModelMissing`.
    public init(path: String, base: String? = nil, locations: ModelLocations = ModelLocations()) throws {
        let path = try Self.path(of: path, base: base, locations: locations)
        let model = try PretrainedModel(path: path)
        configuration = model.configuration
        weights = model.weights
        unusedTensors = model.unusedTensors
        tokenizer = try model.format.tokenizer(configuration: configuration)
        chatTemplate = try model.format.chatTemplate()
        files = try model.format.files()
        try Self.check(tokenizer, fits: configuration, path: path)
    }

    /// Checks the model at `path` as reading it does, without reading its matrices.
    ///
    /// - Returns: the model's configuration.
    /// - Throws: as reading it does, but for weights that are not finite.
    static func check(path: String, base: String?, locations: ModelLocations) throws -> ModelConfiguration {
        let path = try Self.path(of: path, base: base, locations: locations)
        let format = try PretrainedModel.Format(path: path)
        let configuration = try format.checkedConfiguration()
        try check(format.tokenizer(configuration: configuration), fits: configuration, path: path)
        return configuration
    }

    /// Where the base model of what lies at `path` is.
    private static func path(of path: String, base: String?, locations: ModelLocations) throws -> String {
        let path = try RunFolder.model(at: path)
        let settings = "\(path)/\(PERKConfiguration.fileName)"
        let reference =
            FileManager.default.fileExists(atPath: settings) ? try PERKConfiguration(path: settings).base : nil
        guard let reference else {
            if base != nil { throw BaseModelSuperfluous(model: path) }
            return path
        }
        return try reference.path(for: path, stated: base, locations: locations)
    }

    private static func check(
        _ tokenizer: any Tokenizer, fits configuration: ModelConfiguration, path: String
    ) throws {
        guard configuration.maximumPositions >= TextFormat.shortestSegment else {
            throw WeightMismatch(
                file: path,
                problem: "the model reads at most \(configuration.maximumPositions) tokens, "
                    + "and a segment has \(TextFormat.shortestSegment) or more: use another model")
        }
        guard tokenizer.vocabularySize <= configuration.vocabularySize else {
            throw WeightMismatch(
                file: path,
                problem: "\(tokenizer.fileName) has \(tokenizer.vocabularySize) tokens, the model only "
                    + "\(configuration.vocabularySize): the tokenizer belongs to another model")
        }
    }

    /// The tokenizer of the model at `path`, without the model's weights.
    public static func tokenizer(
        path: String, base: String? = nil, locations: ModelLocations = ModelLocations()
    ) throws -> any Tokenizer {
        let format = try PretrainedModel.Format(path: Self.path(of: path, base: base, locations: locations))
        return try format.tokenizer(configuration: format.configuration())
    }
}

/// A base model was named for a model that has its own.
public struct BaseModelSuperfluous: Error, Equatable, Sendable, CustomStringConvertible {
    public let model: String

    public var description: String { "\(model) has its base model with it: name no other" }
}

extension BaseReference {
    /// The name and the digest of the model at `path`.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public init(path: String) throws {
        self.init(files: try PretrainedModel.Format(path: path).files())
        if file.isEmpty { file = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent }
    }

    /// The digest of a base model's files, with the name of a GGUF file, or of the first of several.
    init(files: [BaseFile]) {
        let contents = files.filter(\.shapesAdapters).map { ($0.url.lastPathComponent, $0.contents) }
        if contents.count == 1, contents[0].0.hasSuffix(".gguf") {
            self.init(file: contents[0].0, digest: Digest(of: contents[0].1))
        } else {
            let first = contents.first?.0 ?? ""
            self.init(
                file: first.hasSuffix(".gguf") ? first : "", digest: Digest(parts: Dictionary(contents) { $1 }))
        }
    }
}

extension PretrainedModel.Format {
    fileprivate func tokenizer(configuration: ModelConfiguration) throws -> any Tokenizer {
        switch self {
        case .huggingFace(let directory):
            try loadTokenizer(
                directory: directory, bos: configuration.bosToken, eos: configuration.eosTokens.first,
                padding: configuration.paddingToken)
        case .gguf(let file):
            try GGUFVocabulary(file, family: configuration.family).tokenizer(source: file.file)
        }
    }

    fileprivate func chatTemplate() throws -> ChatTemplateSource? {
        switch self {
        case .huggingFace(let directory): .directory(directory)
        case .gguf(let file): try ChatTemplateSource(file)
        }
    }

    /// The files that make up the model and its tokenizer.
    fileprivate func files() throws -> [BaseFile] {
        switch self {
        case .gguf(let file):
            return try file.files.map { try BaseFile(url: URL(fileURLWithPath: $0)) }
        case .huggingFace(let directory):
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            return try names.filter(Self.belongsToModel).map { try BaseFile(url: directory.appending(path: $0)) }
        }
    }

    private static func belongsToModel(_ name: String) -> Bool {
        [
            "config.json", BaseFile.generationConfiguration, "tokenizer.json", "tokenizer_config.json",
            "tokenizer.model", BaseFile.chatTemplate,
        ]
        .contains(name)
            || name.hasPrefix("model") && (name.hasSuffix(".safetensors") || name.hasSuffix(".safetensors.index.json"))
    }
}

/// A file of a base model.
struct BaseFile: Sendable {
    let url: URL
    /// The file's bytes, mapped into memory, and there even when the file has gone.
    let contents: Data

    /// The file that only says how conversations are written.
    static let chatTemplate = "chat_template.jinja"
    /// The file that only says how texts are continued: of it, the tokens that end one.
    static let generationConfiguration = "generation_config.json"

    /// Whether the file has a part in which adapter a document becomes.
    var shapesAdapters: Bool { ![Self.chatTemplate, Self.generationConfiguration].contains(url.lastPathComponent) }

    init(url: URL) throws {
        self.url = url
        contents = try Data(contentsOf: url, options: .alwaysMapped)
    }

    /// Puts the file into another folder, under the same name: as a link to where it was read from, or to its like in
    /// `previous`, if one of them still is what was read; else as a copy.
    func place(in folder: URL, besides previous: URL?) throws {
        let name = url.lastPathComponent
        let target = folder.appending(path: name)
        for source in [url, previous?.appending(path: name)].compactMap(\.self) {
            guard let found = try? Data(contentsOf: source, options: .alwaysMapped), found == contents else { continue }
            if target.standardizedFileURL != source.standardizedFileURL { try placeFile(source, at: target.path) }
            return
        }
        try replaceFile(at: target.path, with: [contents])
    }
}

extension GGUFVocabulary {
    private static let prefix = "tokenizer.ggml."
    private static let used: Set = [
        "model", "pre", "tokens", "scores", "token_type", "merges", "bos_token_id", "eos_token_id", "eot_token_id",
        "eom_token_id", "padding_token_id", "unknown_token_id", "add_bos_token", "add_space_prefix",
    ]
    /// What bears on other uses of a model: on sentence embeddings, on text that is filled into a gap, on ends behind a text.
    private static let harmless: Set = [
        "add_eos_token", "add_sep_token", "separator_token_id", "seperator_token_id", "mask_token_id", "cls_token_id",
        "token_type_count", "fim_pre_token_id", "fim_suf_token_id", "fim_mid_token_id", "fim_pad_token_id",
        "fim_rep_token_id", "fim_sep_token_id", "prefix_token_id", "suffix_token_id", "middle_token_id",
    ]

    /// The vocabulary in a GGUF file's metadata.
    ///
    /// - Throws: `GGUFError` where a value is missing or of another kind than its key has; `TokenizationError` for a key
    ///   that could change what tokens a text becomes, and is not known here.
    init(_ file: GGUFFile, family: ModelFamily) throws {
        let names = file.metadata.keys.filter { $0.hasPrefix(Self.prefix) }.map {
            String($0.dropFirst(Self.prefix.count))
        }
        if let unknown = names.filter({ !Self.used.contains($0) && !Self.harmless.contains($0) }).min() {
            throw TokenizationError.unsupported(path: file.file, reason: "\(Self.prefix)\(unknown) is not known here")
        }
        func optional<Value>(_ name: String, _ kind: KeyPath<GGUFValue, Value?>) throws -> Value? {
            let key = "tokenizer.ggml.\(name)"
            return file.metadata[key] == nil ? nil : try file.value(key, kind)
        }
        self.init(
            model: try file.value("tokenizer.ggml.model", \.string),
            pre: try optional("pre", \.string) ?? family.ggufPreTokenizer,
            tokens: try file.value("tokenizer.ggml.tokens", \.strings),
            scores: try optional("scores", \.floats)?.map { Float($0) } ?? [],
            types: try optional("token_type", \.integers) ?? [],
            merges: try optional("merges", \.strings) ?? [],
            bos: try optional("bos_token_id", \.integer),
            eos: try optional("eos_token_id", \.integer),
            padding: try optional("padding_token_id", \.integer),
            unknown: try optional("unknown_token_id", \.integer),
            addsBOS: try optional("add_bos_token", \.bool),
            addsSpacePrefix: try optional("add_space_prefix", \.bool))
    }
}

extension ChatTemplateSource {
    /// The template in a GGUF file's metadata; `nil` where it has none.
    ///
    /// - Throws: `GGUFError` where a value is of another kind than its key has.
    init?(_ file: GGUFFile) throws {
        let key = "tokenizer.chat_template"
        guard file.metadata[key] != nil else { return nil }
        let spellings = try file.value("tokenizer.ggml.tokens", \.strings)
        let identifiers = ["bos_token": "bos_token_id", "eos_token": "eos_token_id"]
        let specialTokens = try identifiers.compactMapValues { name -> String? in
            let key = "tokenizer.ggml.\(name)"
            guard file.metadata[key] != nil else { return nil }
            let identifier = try file.value(key, \.integer)
            return spellings.indices.contains(identifier) ? spellings[identifier] : nil
        }
        self = .text(try file.value(key, \.string), specialTokens: specialTokens, source: file.file)
    }
}
