import Foundation
import Tensors

/// A tensor to be written.
public struct GGUFTensor: Equatable, Sendable {
    public let name: String
    /// The dimensions, outermost first; one to four of them.
    public let shape: [Int]
    public let format: QuantizationFormat
    /// The weights in the format, row by row.
    public let bytes: Data

    /// A tensor of weights already in their format.
    public init(name: String, shape: [Int], format: QuantizationFormat, bytes: Data) {
        self.name = name
        self.shape = shape
        self.format = format
        self.bytes = bytes
    }

    /// A matrix as it is.
    public init(name: String, _ matrix: QuantizedMatrix) {
        self.init(name: name, shape: matrix.shape, format: matrix.format, bytes: matrix.bytes)
    }

    /// A tensor of numbers, quantized; see `QuantizedMatrix.init(quantizing:as:)` for what the format demands of them.
    public init(name: String, _ tensor: Tensor<Float>, as format: QuantizationFormat = .float32) {
        let matrix = QuantizedMatrix(quantizing: tensor.reshaped([tensor.rows, tensor.width]), as: format)
        self.init(name: name, shape: tensor.shape, format: format, bytes: matrix.bytes)
    }
}

/// Writes metadata and tensors as a GGUF file of version 3.
///
/// The same values and tensors always give the same bytes: the metadata are sorted by key, the tensors stay in their
/// order.
public struct GGUFWriter: Sendable {
    private static let file = "tensors to be written"

    private let header: Data
    private let tensors: [GGUFTensor]
    private let alignment: Int

    /// Checks the tensors and lays them out, at multiples of the metadata's `general.alignment`, or of 32.
    /// - Throws: `GGUFError` where a name occurs twice, a shape does not match its bytes or is not one that can be read,
    ///   or the alignment is not possible.
    public init(metadata: [String: GGUFValue], tensors: [GGUFTensor]) throws {
        let alignment = try GGUFHeader.alignment(in: metadata, file: Self.file)
        var header = Data(GGUFHeader.magic)
        header.append(GGUFBytes.integer(UInt32(3)))
        header.append(GGUFBytes.integer(UInt64(tensors.count)))
        header.append(GGUFBytes.integer(UInt64(metadata.count)))
        for (key, value) in metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            header.append(GGUFBytes.text(key))
            header.append(value.written)
        }
        var names: Set<String> = []
        var offset = 0
        for tensor in tensors {
            try Self.check(tensor)
            guard names.insert(tensor.name).inserted else {
                throw GGUFError(file: Self.file, name: tensor.name, problem: .duplicateName)
            }
            header.append(tensor.description(offset: offset))
            offset += tensor.bytes.count + Self.padding(after: tensor.bytes.count, to: alignment)
        }
        self.header = Self.padded(header, to: alignment)
        self.tensors = tensors
        self.alignment = alignment
    }

    /// The bytes of the whole file.
    public func serialized() -> Data { chunks.reduce(into: Data()) { $0.append($1) } }

    /// Writes the file at `path`, replacing a file that is there only once the new one is complete.
    /// - Throws: `FileReplacementError`.
    public func write(to path: String) throws { try replaceFile(at: path, with: chunks) }

    /// The header, then one chunk for each tensor.
    private var chunks: some Sequence<Data> {
        (0...tensors.count).lazy.map { $0 == 0 ? header : Self.padded(tensors[$0 - 1].bytes, to: alignment) }
    }

    private static func padded(_ bytes: Data, to alignment: Int) -> Data {
        bytes + Data(count: padding(after: bytes.count, to: alignment))
    }

    private static func padding(after count: Int, to alignment: Int) -> Int {
        (alignment - count % alignment) % alignment
    }

    private static func check(_ tensor: GGUFTensor) throws {
        func failure(_ problem: GGUFError.Problem) -> GGUFError {
            GGUFError(file: file, name: tensor.name, problem: problem)
        }
        guard (1...GGUFHeader.maximumDimensions).contains(tensor.shape.count) else {
            throw failure(.dimensionCount(tensor.shape.count))
        }
        guard tensor.shape.allSatisfy({ $0 > 0 }) else {
            throw failure(.impossibleShape(tensor.shape.map { UInt64(max($0, 0)) }))
        }
        let needed = try GGUFHeader.byteCount(shape: tensor.shape, type: tensor.format.ggufType, failure: failure)
        guard needed == tensor.bytes.count else {
            throw failure(.sizeMismatch(needed: needed, found: tensor.bytes.count))
        }
    }
}

extension GGUFTensor {
    /// The tensor's line in the table of contents; `offset` counts from the start of the data.
    fileprivate func description(offset: Int) -> Data {
        var bytes = GGUFBytes.text(name)
        bytes.append(GGUFBytes.integer(UInt32(shape.count)))
        for dimension in shape.reversed() { bytes.append(GGUFBytes.integer(UInt64(dimension))) }
        bytes.append(GGUFBytes.integer(format.ggufType.rawValue))
        bytes.append(GGUFBytes.integer(UInt64(offset)))
        return bytes
    }
}

extension GGUFValue {
    /// The value with its type in front.
    fileprivate var written: Data {
        guard let count else { return GGUFBytes.integer(elementType.rawValue) + bytes }
        return GGUFBytes.integer(GGUFValueType.array.rawValue) + GGUFBytes.integer(elementType.rawValue)
            + GGUFBytes.integer(UInt64(count)) + bytes
    }
}
