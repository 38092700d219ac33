import Foundation
import Tensors

/// A GGUF file, opened for reading: its table of contents is checked whole, its tensors are read one by one. Where a model
/// lies in several files, any of them opens all (`GGUFParts`).
///
/// Versions 2 and 3 of the format, little-endian: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
public struct GGUFFile: Sendable {
    /// The path, or what stands in its place in errors; of several files, the first one's.
    public let file: String
    /// The paths of all files that hold the model, in their order; one for most.
    public var files: [String] { parts.map(\.file) }
    /// The settings, the vocabulary and whatever else the writer put beside the tensors.
    public let metadata: [String: GGUFValue]
    private let parts: [Part]
    /// Each tensor with the part that holds it.
    private let places: [String: (part: Int, entry: GGUFEntry)]

    /// One of the files.
    private struct Part: Sendable {
        let file: String
        let data: Data
    }

    /// Opens and checks the file at `path`.
    ///
    /// The file is mapped into memory, so only the tensors that are read cost memory. It must not be shortened
    /// meanwhile; replacing it by another file, as `GGUFWriter` does, is harmless.
    /// - Throws: `GGUFError`.
    public init(path: String) throws {
        let named = Part(file: path, data: try Self.contents(of: path))
        let header = try GGUFHeader(data: named.data, file: path)
        guard let split = try GGUFParts(header.metadata, file: path) else {
            try self.init([named], [header])
            return
        }
        var parts: [Part] = []
        var headers: [GGUFHeader] = []
        for (number, other) in try split.paths(besides: path).enumerated() {
            guard number != split.number else {
                parts.append(named)
                headers.append(header)
                continue
            }
            guard FileManager.default.fileExists(atPath: other) else {
                throw GGUFError(file: path, problem: .missingPart(other, parts: split.count))
            }
            let part = Part(file: other, data: try Self.contents(of: other))
            headers.append(try GGUFHeader(data: part.data, file: other))
            try split.require(try GGUFParts(headers[number].metadata, file: other), numbered: number, file: other)
            parts.append(part)
        }
        try self.init(parts, headers)
        if let expected = split.tensorCount, expected != places.count {
            throw GGUFError(file: file, problem: .partTensors(expected: expected, found: places.count))
        }
    }

    private static func contents(of path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw GGUFError(file: path, problem: .unreadable(reason: error.localizedDescription))
        }
    }

    /// Checks the bytes of a whole file; `file` names them in errors.
    /// - Throws: `GGUFError`.
    public init(data: Data, file: String = "GGUF data") throws {
        let header = try GGUFHeader(data: data, file: file)
        if let parts = header.metadata[GGUFParts.countKey]?.integer, parts > 1 {
            throw GGUFError(file: file, problem: .split(parts: parts))
        }
        try self.init([Part(file: file, data: data)], [header])
    }

    /// - Throws: `GGUFError` where two files have a tensor of one name.
    private init(_ parts: [Part], _ headers: [GGUFHeader]) throws {
        var places: [String: (part: Int, entry: GGUFEntry)] = [:]
        for (number, header) in headers.enumerated() {
            for (name, entry) in header.entries {
                guard places.updateValue((number, entry), forKey: name) == nil else {
                    throw GGUFError(file: parts[number].file, name: name, problem: .duplicateName)
                }
            }
        }
        (self.parts, self.places, file) = (parts, places, parts[0].file)
        metadata = headers[0].metadata.filter { !$0.key.hasPrefix(GGUFParts.prefix) }
    }

    /// The bytes of all files.
    public var byteCount: Int { parts.reduce(0) { $0 + $1.data.count } }

    /// All tensors, by their names, with layer 2 before layer 10.
    public var tensors: [TensorDescription] {
        places.map { TensorDescription(name: $0.key, $0.value.entry) }.inNaturalOrder
    }

    /// The tensors' names, sorted.
    public var names: [String] { places.keys.sorted() }

    /// Whether there is a tensor of this name.
    public func contains(_ name: String) -> Bool { places[name] != nil }

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
    public func entry(_ name: String) throws -> GGUFEntry { try place(name).entry }

    private func place(_ name: String) throws -> (part: Part, entry: GGUFEntry) {
        guard let place = places[name] else { throw GGUFError(file: file, name: name, problem: .missing) }
        return (parts[place.part], place.entry)
    }

    /// A tensor of two dimensions [out, in], in the file's own bytes.
    /// - Throws: `GGUFError` where there is no tensor of this name, or it is of a type that cannot be read, or has
    ///   another number of dimensions.
    public func matrix(_ name: String) throws -> QuantizedMatrix {
        let (part, entry) = try place(name)
        guard entry.shape.count == 2 else {
            throw GGUFError(file: part.file, name: name, problem: .notAMatrix(entry.shape))
        }
        return try quantized(name, entry, in: part, rows: entry.shape[0], columns: entry.shape[1])
    }

    /// The weights of a tensor of any shape, in the file's own bytes, all in one row.
    /// - Throws: `GGUFError` where there is no tensor of this name, or it is of a type that cannot be read.
    public func row(_ name: String) throws -> QuantizedMatrix {
        let (part, entry) = try place(name)
        return try quantized(name, entry, in: part, rows: 1, columns: entry.shape.reduce(1, *))
    }

    /// The weights of a tensor of any shape and format, in row-major order.
    /// - Throws: `GGUFError` where there is no tensor of this name, or it is of a type that cannot be read.
    public func floats(_ name: String) throws -> [Float] { (try row(name).dequantized() as Tensor<Float>).scalars }

    private func quantized(
        _ name: String, _ entry: GGUFEntry, in part: Part, rows: Int, columns: Int
    ) throws -> QuantizedMatrix {
        guard let format = entry.format else {
            throw GGUFError(file: part.file, name: name, problem: .unknownTensorType(entry.type.rawValue))
        }
        let start = part.data.startIndex
        let bytes = part.data[start + entry.byteRange.lowerBound..<start + entry.byteRange.upperBound]
        guard let matrix = QuantizedMatrix(rows: rows, columns: columns, format: format, bytes: bytes) else {
            preconditionFailure("the table of contents was checked to be consistent")
        }
        return matrix
    }
}
