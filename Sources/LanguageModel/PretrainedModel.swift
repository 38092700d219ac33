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
        let stated = try format.configuration()
        switch format {
        case .huggingFace(let directory):
            let tensors = try SafeTensorsModel(folder: directory.path)
            configuration = try tensors.configuration(stated)
            unusedTensors = try tensors.unusedTensors(of: configuration)
            weights = try ModelWeights(huggingFace: tensors, configuration: configuration)
        case .gguf(let file):
            configuration = stated
            unusedTensors = try file.unusedTensors(of: stated)
            weights = try ModelWeights(gguf: file, configuration: stated)
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

    /// The model's configuration as its files state it, without a look at the weights.
    ///
    /// - Throws: `ModelConfigurationError`, `GGUFError`.
    public func configuration() throws -> ModelConfiguration {
        switch self {
        case .huggingFace(let directory):
            try ModelConfiguration(path: directory.appending(path: "config.json").path).addingEnds(of: directory)
        case .gguf(let file): try ModelConfiguration(gguf: file)
        }
    }

    /// The tensors of the files that the model has no use for.
    ///
    /// - Throws: as `configuration()`; `WeightMismatch` where one of them would act in the computation.
    public func unusedTensors() throws -> [String] {
        let stated = try configuration()
        switch self {
        case .huggingFace(let directory):
            let tensors = try SafeTensorsModel(folder: directory.path)
            return try tensors.unusedTensors(of: tensors.configuration(stated))
        case .gguf(let file): return try file.unusedTensors(of: stated)
        }
    }

    /// The model's configuration, once it has been checked that every weight is there, with its shape and in a type that can
    /// be read, and that no tensor acts that the model has no place for. Matrices are not read for it, so it takes no time,
    /// unless a head lies beside an embedding that it is said to be tied to.
    ///
    /// - Throws: as reading the model does, but for numbers that are not finite.
    public func checkedConfiguration() throws -> ModelConfiguration {
        let stated = try configuration()
        switch self {
        case .huggingFace(let directory):
            let tensors = try SafeTensorsModel(folder: directory.path)
            let configuration = try tensors.configuration(stated)
            _ = try tensors.unusedTensors(of: configuration)
            for entry in WeightLayout(configuration).entries {
                let place = HuggingFacePlace(of: entry, in: tensors, family: configuration.family)
                _ = try tensors.unreadWeight(place.name, shape: place.shape)
            }
            return configuration
        case .gguf(let file):
            _ = try file.unusedTensors(of: stated)
            for entry in WeightLayout(stated).entries {
                _ = try file.unreadWeight(entry.role.ggufName, shape: entry.shape)
            }
            return stated
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
