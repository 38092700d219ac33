import Foundation
import ModelFiles
import Tensors

/// A language model as another program left it: a directory of Hugging Face's files, or a GGUF file.
public struct PretrainedModel: Sendable {
    /// Where a model was found.
    public enum Format: Sendable {
        /// `config.json` beside `model.safetensors`, or beside shards with their index.
        case huggingFace(directory: URL)
        case gguf(GGUFFile)
    }

    public let format: Format
    public let configuration: ModelConfiguration
    /// Matrices of 16 bits and less stay as they are in the file; see `StoredWeight`.
    public let weights: ModelWeights<StoredWeight<Float>>
    /// Tensors of the files that the model has no use for, by their names.
    public let unusedTensors: [String]

    /// Reads the model at `path`: a GGUF file, a directory with a `config.json`, or one with a single GGUF file.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public init(path: String) throws {
        format = try Format(path: path)
        configuration = try format.configuration()
        unusedTensors = try format.unusedTensors(of: configuration)
        weights =
            switch format {
            case .huggingFace(let directory):
                try ModelWeights(huggingFace: SafeTensorsModel(folder: directory.path), configuration: configuration)
            case .gguf(let file):
                try ModelWeights(gguf: file, configuration: configuration)
            }
    }
}

extension PretrainedModel.Format {
    /// What lies at `path`, by the files that are there.
    public init(path: String) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ModelNotFound(path: path, problem: "does not exist")
        }
        let url = URL(fileURLWithPath: path)
        guard isDirectory.boolValue else {
            self = .gguf(try GGUFFile(path: path))
            return
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        let ggufFiles = GGUFParts.beginnings(among: files.filter { $0.hasSuffix(".gguf") })
        if files.contains("config.json") {
            let pickle = files.first { $0.hasPrefix("pytorch_model") && $0.hasSuffix(".bin") }
            if let pickle, !files.contains(where: { $0.contains(".safetensors") }) {
                throw ModelNotFound(
                    path: url.appending(path: pickle).path,
                    problem: "holds the weights as Python objects, which can run code; save them as safetensors")
            }
            self = .huggingFace(directory: url)
        } else if ggufFiles.count == 1 {
            self = .gguf(try GGUFFile(path: url.appending(path: ggufFiles[0]).path))
        } else if ggufFiles.isEmpty {
            throw ModelNotFound(
                path: url.appending(path: "config.json").path, problem: "is missing, and no GGUF file lies in its place"
            )
        } else {
            throw ModelNotFound(path: path, problem: "holds several GGUF files, \(ggufFiles.joined(separator: ", "))")
        }
    }

    /// The model's configuration, without its weights.
    ///
    /// - Throws: `ModelConfigurationError`, `GGUFError`.
    public func configuration() throws -> ModelConfiguration {
        switch self {
        case .huggingFace(let directory):
            let configuration = try ModelConfiguration(path: directory.appending(path: "config.json").path)
                .addingEnds(of: directory)
            guard configuration.tiedEmbeddings else { return configuration }
            return try SafeTensorsModel(folder: directory.path).hasHeadOfItsOwn(configuration)
                ? configuration.untied() : configuration
        case .gguf(let file): return try ModelConfiguration(gguf: file)
        }
    }

    /// The tensors of the files that a model of this configuration has no use for.
    ///
    /// - Throws: `WeightMismatch` where one of them would act in the computation.
    public func unusedTensors(of configuration: ModelConfiguration) throws -> [String] {
        switch self {
        case .huggingFace(let directory):
            try SafeTensorsModel(folder: directory.path).unusedTensors(of: configuration)
        case .gguf(let file): try file.unusedTensors(of: configuration)
        }
    }

    /// Checks that every weight of a model is there, with its shape and in a type that can be read, and that no tensor acts
    /// that the model has no place for. Matrices are not read for it, so it takes no time.
    ///
    /// - Throws: as reading the weights does, but for numbers that are not finite.
    public func checkWeights(of configuration: ModelConfiguration) throws {
        _ = try unusedTensors(of: configuration)
        let entries = WeightLayout(configuration).entries
        switch self {
        case .huggingFace(let directory):
            let model = try SafeTensorsModel(folder: directory.path)
            for entry in entries {
                let place = HuggingFacePlace(of: entry, in: model, family: configuration.family)
                _ = try model.unreadWeight(place.name, shape: place.shape)
            }
        case .gguf(let file):
            for entry in entries { _ = try file.unreadWeight(entry.role.ggufName, shape: entry.shape) }
        }
    }
}

/// There is no model where one was looked for.
public struct ModelNotFound: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String {
        "\(path) \(problem): give a GGUF file, or the directory of a Hugging Face or a meta-trained model"
    }
}
