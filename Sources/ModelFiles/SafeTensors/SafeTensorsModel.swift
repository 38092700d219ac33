import Foundation
import Tensors

/// The tensors of a model's folder: those of `model.safetensors`, or of the shards that `model.safetensors.index.json`
/// distributes them over.
///
/// The index is an object whose `weight_map` gives for each tensor the file beside the index that holds it.
public struct SafeTensorsModel: Sendable {
    /// The path of the single file, or of the index.
    public let file: String
    /// The files that hold the tensors, in the order of their names.
    public let shards: [SafeTensorsFile]
    /// The position among the shards of the one that holds a tensor.
    private let places: [String: Int]

    private struct Index: Decodable {
        enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }

        let weightMap: [String: String]
    }

    /// Opens and checks the single file if there is one, and else all shards.
    /// - Throws: `SafeTensorsError`.
    public init(folder: String) throws {
        let single = "\(folder)/model.safetensors"
        let index = "\(single).index.json"
        if FileManager.default.fileExists(atPath: single) || !FileManager.default.fileExists(atPath: index) {
            try self.init(file: SafeTensorsFile(path: single))
        } else {
            try self.init(index: index)
        }
    }

    /// The tensors of one file.
    public init(file: SafeTensorsFile) {
        self.file = file.file
        shards = [file]
        places = Dictionary(uniqueKeysWithValues: file.names.map { ($0, 0) })
    }

    /// Opens the shards that the index at `path` names.
    /// - Throws: `SafeTensorsError` where the index or a shard cannot be read, or a shard is not a file beside the index.
    ///   A tensor that is not in the shard that should hold it is named when it is read.
    public init(index path: String) throws {
        let map = try Self.weightMap(at: path)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let names = Set(map.values).sorted()
        file = path
        shards = try names.map { name in
            guard !name.isEmpty, ![".", ".."].contains(name), !name.contains("/"), !name.contains("\0") else {
                throw SafeTensorsError(file: path, problem: .shardElsewhere(name))
            }
            return try SafeTensorsFile(path: "\(folder)/\(name)")
        }
        let positions = Dictionary(uniqueKeysWithValues: zip(names, shards.indices))
        places = map.compactMapValues { positions[$0] }
    }

    private static func weightMap(at path: String) throws -> [String: String] {
        let json: Data
        do {
            json = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw SafeTensorsError(file: path, problem: .unreadable(reason: error.localizedDescription))
        }
        do {
            return try JSONDecoder().decode(Index.self, from: json).weightMap
        } catch {
            throw SafeTensorsError(file: path, problem: .index(reason: error.localizedDescription))
        }
    }

    /// The tensors' names, sorted.
    public var names: [String] { places.keys.sorted() }

    /// Whether there is a tensor of this name.
    public func contains(_ name: String) -> Bool { places[name].map { shards[$0].contains(name) } ?? false }

    /// The file that holds a tensor.
    /// - Throws: `SafeTensorsError` where there is no tensor of this name.
    public func shard(holding name: String) throws -> SafeTensorsFile {
        guard let place = places[name] else { throw SafeTensorsError(file: file, tensor: name, problem: .missing) }
        return shards[place]
    }

    /// A matrix of type F32, F16 or BF16, in its file's own bytes.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type or no matrix.
    public func matrix(_ name: String) throws -> QuantizedMatrix { try shard(holding: name).matrix(name) }

    /// The scalars of a tensor of type F32, F16 or BF16, in row-major order.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type.
    public func floats(_ name: String) throws -> [Float] { try shard(holding: name).floats(name) }
}
