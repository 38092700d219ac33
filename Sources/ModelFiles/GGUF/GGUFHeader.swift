import Foundation
import Tensors

/// Where one tensor lies in a GGUF file, and what it holds.
public struct GGUFEntry: Equatable, Sendable {
    public let type: GGUFTensorType
    /// The dimensions, outermost first: [out, in] for the weight of a linear map.
    public let shape: [Int]
    /// The tensor's bytes, counted from the start of the file.
    public let byteRange: Range<Int>

    /// The format of the weights; `nil` where they cannot be read.
    public var format: QuantizationFormat? { type.format }
}

/// The checked table of contents of a GGUF file.
///
/// Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>: four letters, a version, the metadata, a
/// description of each tensor, then the tensors' bytes, each at a multiple of the alignment.
struct GGUFHeader {
    static let magic = Array("GGUF".utf8)
    static let alignmentKey = "general.alignment"
    static let defaultAlignment = 32
    static let maximumAlignment = 65536
    static let maximumDimensions = 4

    let metadata: [String: GGUFValue]
    let entries: [String: GGUFEntry]

    /// A tensor as the file describes it; its shape and type are checked, its place not yet.
    private struct Description {
        let name: String
        let type: GGUFTensorType
        let shape: [Int]
        let byteCount: Int
        let offset: UInt64
    }

    /// Reads and checks the table of contents of `data`, the bytes of a whole file; `file` names them in errors.
    init(data: Data, file: String) throws {
        var cursor = GGUFCursor(data: data, file: file)
        try Self.checkVersion(&cursor)
        // A description has at least a name's length, a dimension's count and size, a type and an offset; a metadata
        // value at least a key's length, a type and a byte.
        let tensorCount = try cursor.count(width: 32)
        let valueCount = try cursor.count(width: 13)
        metadata = try Self.metadata(valueCount, &cursor)
        let alignment = try Self.alignment(in: metadata, file: file)
        let descriptions = try (0..<tensorCount).map { _ in try Self.description(&cursor) }
        let start = (cursor.offset + alignment - 1) / alignment * alignment
        entries = try Self.entries(descriptions, start: start, alignment: alignment, data: data, file: file)
    }

    private static func checkVersion(_ cursor: inout GGUFCursor) throws {
        let file = cursor.file
        let isGGUF = cursor.data.starts(with: magic)
        guard isGGUF || cursor.data.count < magic.count else { throw GGUFError(file: file, problem: .notGGUF) }
        _ = try cursor.integer(UInt32.self)
        let version = try cursor.integer(UInt32.self)
        // Written in the other order of bytes, a small number has its lower half empty.
        guard version == 0 || version & 0xFFFF != 0 else { throw GGUFError(file: file, problem: .bigEndian) }
        guard (2...3).contains(version) else { throw GGUFError(file: file, problem: .version(version)) }
    }

    private static func metadata(_ count: Int, _ cursor: inout GGUFCursor) throws -> [String: GGUFValue] {
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<count {
            let key = try cursor.string()
            let value = try cursor.naming(key) { try $0.value() }
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw GGUFError(file: cursor.file, name: key, problem: .duplicateName)
            }
        }
        return metadata
    }

    /// The alignment that the metadata prescribe.
    static func alignment(in metadata: [String: GGUFValue], file: String) throws -> Int {
        guard let value = metadata[alignmentKey] else { return defaultAlignment }
        guard let alignment = value.integer, (1...maximumAlignment).contains(alignment), alignment.nonzeroBitCount == 1
        else { throw GGUFError(file: file, name: alignmentKey, problem: .alignment(value.integer)) }
        return alignment
    }

    private static func description(_ cursor: inout GGUFCursor) throws -> Description {
        let name = try cursor.string()
        return try cursor.naming(name) { cursor in
            func failure(_ problem: GGUFError.Problem) -> GGUFError {
                GGUFError(file: cursor.file, name: name, problem: problem)
            }
            let count = Int(try cursor.integer(UInt32.self))
            guard (1...maximumDimensions).contains(count) else { throw failure(.dimensionCount(count)) }
            // The file has the innermost dimension first.
            let dimensions = Array(try (0..<count).map { _ in try cursor.integer(UInt64.self) }.reversed())
            let number = try cursor.integer(UInt32.self)
            guard let type = GGUFTensorType(rawValue: number) else { throw failure(.unknownTensorType(number)) }
            let shape = dimensions.compactMap { Int(exactly: $0) }
            guard shape.count == count, !shape.contains(0) else { throw failure(.impossibleShape(dimensions)) }
            let byteCount = try byteCount(shape: shape, type: type) { failure($0) }
            let offset = try cursor.integer(UInt64.self)
            return Description(name: name, type: type, shape: shape, byteCount: byteCount, offset: offset)
        }
    }

    /// The bytes of a tensor of one dimension or more, none of them negative.
    static func byteCount(
        shape: [Int], type: GGUFTensorType, failure: (GGUFError.Problem) -> GGUFError
    ) throws -> Int {
        let width = shape[shape.count - 1]
        let block = type.block
        guard width.isMultiple(of: block.weights) else {
            throw failure(.incompleteBlocks(width: width, type: type))
        }
        var weights = 1
        for dimension in shape {
            let (product, overflow) = weights.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw failure(.impossibleShape(shape.map(UInt64.init))) }
            weights = product
        }
        // Blocks follow one another without gaps, so all rows together are as one.
        let (bytes, overflow) = (weights / block.weights).multipliedReportingOverflow(by: block.bytes)
        guard !overflow else { throw failure(.impossibleShape(shape.map(UInt64.init))) }
        return bytes
    }

    /// Finds the tensors' places, of which no two may share a byte.
    private static func entries(
        _ descriptions: [Description], start: Int, alignment: Int, data: Data, file: String
    ) throws -> [String: GGUFEntry] {
        var entries: [String: GGUFEntry] = [:]
        var end: (offset: UInt64, name: String) = (0, "")
        for tensor in descriptions.sorted(by: { $0.offset < $1.offset }) {
            func failure(_ problem: GGUFError.Problem) -> GGUFError {
                GGUFError(file: file, name: tensor.name, problem: problem)
            }
            guard tensor.offset.isMultiple(of: UInt64(alignment)) else {
                throw failure(.misaligned(offset: tensor.offset, alignment: alignment))
            }
            guard tensor.offset >= end.offset else { throw failure(.overlaps(end.name)) }
            // The table of contents lies before `start`, so this does not overflow where the offset fits the file.
            let needed = tensor.offset.addingReportingOverflow(UInt64(start) + UInt64(tensor.byteCount))
            guard !needed.overflow, needed.partialValue <= UInt64(data.count) else {
                let needed = needed.overflow ? Int.max : Int(clamping: needed.partialValue)
                throw failure(.truncated(needed: needed, found: data.count))
            }
            let fileEnd = Int(needed.partialValue)
            let entry = GGUFEntry(
                type: tensor.type, shape: tensor.shape, byteRange: fileEnd - tensor.byteCount..<fileEnd)
            guard entries.updateValue(entry, forKey: tensor.name) == nil else { throw failure(.duplicateName) }
            end = (tensor.offset + UInt64(tensor.byteCount), tensor.name)
        }
        return entries
    }
}

extension GGUFCursor {
    /// Reads with `body`, whose failures then bear `name`.
    fileprivate mutating func naming<Result>(
        _ name: String, _ body: (inout GGUFCursor) throws -> Result
    ) throws -> Result {
        do {
            return try body(&self)
        } catch let error as GGUFError {
            throw GGUFError(file: file, name: name, problem: error.problem)
        }
    }
}
