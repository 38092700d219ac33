import Foundation
import Tensors

/// A GGUF file, opened for reading: its table of contents is checked whole, its tensors are read one by one.
///
/// Versions 2 and 3 of the format, little-endian: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
public struct GGUFFile: Sendable {
    /// The path, or what stands in its place in errors.
    public let file: String
    /// The settings, the vocabulary and whatever else the writer put beside the tensors.
    public let metadata: [String: GGUFValue]
    private let data: Data
    private let entries: [String: GGUFEntry]

    /// Opens and checks the file at `path`.
    ///
    /// The file is mapped into memory, so only the tensors that are read cost memory. It must not be shortened
    /// meanwhile; replacing it by another file, as `GGUFWriter` does, is harmless.
    /// - Throws: `GGUFError`.
    public init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw GGUFError(file: path, problem: .unreadable(reason: error.localizedDescription))
        }
        try self.init(data: data, file: path)
    }

    /// Checks the bytes of a whole file; `file` names them in errors.
    /// - Throws: `GGUFError`.
    public init(data: Data, file: String = "GGUF data") throws {
        let header = try GGUFHeader(data: data, file: file)
        self.file = file
        self.metadata = header.metadata
        self.data = data
        self.entries = header.entries
    }

    /// The bytes of the whole file.
    public var byteCount: Int { data.count }

    /// All tensors, by their names, with layer 2 before layer 10.
    public var tensors: [TensorDescription] {
        entries.map { TensorDescription(name: $0.key, $0.value) }.inNaturalOrder
    }

    /// The tensors' names, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// Whether there is a tensor of this name.
    public func contains(_ name: String) -> Bool { entries[name] != nil }

    /// A metadata value of the kind that is asked for: `try file.value("llama.block_count", \.integer)`.
    /// - Throws: `GGUFError` where there is no such value, or it is of another kind.
    public func value<Value>(_ key: String, _ kind: KeyPath<GGUFValue, Value?>) throws -> Value {
        guard let found = metadata[key] else { throw GGUFError(file: file, name: key, problem: .missing) }
        guard let value = found[keyPath: kind] else {
            throw GGUFError(file: file, name: key, problem: .wrongType(found: found.kind))
        }
        return value
    }

    /// Where the tensor lies and what it holds.
    /// - Throws: `GGUFError` where there is no tensor of this name.
    public func entry(_ name: String) throws -> GGUFEntry {
        guard let entry = entries[name] else { throw GGUFError(file: file, name: name, problem: .missing) }
        return entry
    }

    /// A tensor of two dimensions [out, in], in the file's own bytes.
    /// - Throws: `GGUFError` where there is no tensor of this name, or it is of a type that cannot be read, or has
    ///   another number of dimensions.
    public func matrix(_ name: String) throws -> QuantizedMatrix {
        let entry = try entry(name)
        guard entry.shape.count == 2 else {
            throw GGUFError(file: file, name: name, problem: .notAMatrix(entry.shape))
        }
        return try quantized(name, entry, rows: entry.shape[0], columns: entry.shape[1])
    }

    /// The weights of a tensor of any shape, in the file's own bytes, all in one row.
    /// - Throws: `GGUFError` where there is no tensor of this name, or it is of a type that cannot be read.
    public func row(_ name: String) throws -> QuantizedMatrix {
        let entry = try entry(name)
        return try quantized(name, entry, rows: 1, columns: entry.shape.reduce(1, *))
    }

    /// The weights of a tensor of any shape and format, in row-major order.
    /// - Throws: `GGUFError` where there is no tensor of this name, or it is of a type that cannot be read.
    public func floats(_ name: String) throws -> [Float] { (try row(name).dequantized() as Tensor<Float>).scalars }

    private func quantized(_ name: String, _ entry: GGUFEntry, rows: Int, columns: Int) throws -> QuantizedMatrix {
        guard let format = entry.format else {
            throw GGUFError(file: file, name: name, problem: .unknownTensorType(entry.type.rawValue))
        }
        let range = entry.byteRange.lowerBound + data.startIndex..<entry.byteRange.upperBound + data.startIndex
        guard let matrix = QuantizedMatrix(rows: rows, columns: columns, format: format, bytes: data[range]) else {
            preconditionFailure("the table of contents was checked to be consistent")
        }
        return matrix
    }
}
