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

    /// Reads the model at `path`: a GGUF file, a directory with a `config.json`, or one with a single GGUF file.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public init(path: String) throws {
        let format = try Format(path: path)
        switch format {
        case .huggingFace(let directory):
            configuration = try ModelConfiguration(path: directory.appending(path: "config.json").path)
            weights = try ModelWeights(
                huggingFace: SafeTensorsModel(folder: directory.path), configuration: configuration)
        case .gguf(let file):
            configuration = try ModelConfiguration(gguf: file)
            weights = try ModelWeights(gguf: file, configuration: configuration)
        }
        self.format = format
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
        let ggufFiles = files.filter { $0.hasSuffix(".gguf") }
        if files.contains("config.json") {
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
}

/// There is no model where one was looked for.
public struct ModelNotFound: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String {
        "\(path) \(problem): give a GGUF file, or the directory of a Hugging Face or a meta-trained model"
    }
}
