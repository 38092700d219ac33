import Foundation

/// Where one tensor lies in a safetensors file, and what it holds.
public struct SafeTensorsEntry: Equatable, Sendable {
    /// The stored scalar type.
    public let dataType: SafeTensorsDataType
    /// The dimensions, outermost first; empty for a single scalar.
    public let shape: [Int]
    /// The tensor's bytes, counted from the start of the file.
    public let byteRange: Range<Int>
}

/// The checked table of contents of a safetensors file.
///
/// Format: <https://huggingface.co/docs/safetensors>: eight bytes of little-endian header length, a JSON object, then
/// the tensors' bytes, without holes.
struct SafeTensorsHeader {
    /// The longest header that the reference implementation accepts, in bytes.
    static let maximumLength: UInt64 = 100_000_000
    /// The bytes that hold the header's length.
    static let lengthWidth = 8

    let metadata: [String: String]
    let entries: [String: SafeTensorsEntry]
    /// The tensors of types that the format did not have when this was written. Nothing of them can be read.
    let unreadable: [String: TensorDescription]

    /// Reads and checks the header of `data`, the bytes of a whole file; `file` names them in errors.
    init(data: Data, file: String) throws {
        let length = try Self.headerLength(data: data, file: file)
        let dataStart = Self.lengthWidth + length
        let bytes = [UInt8](data[data.startIndex + Self.lengthWidth..<data.startIndex + dataStart])
        var parser = SafeTensorsHeaderParser(bytes: bytes, file: file)
        let parsed = try parser.parse()

        var entries: [String: SafeTensorsEntry] = [:]
        var unreadable: [String: TensorDescription] = [:]
        var end = 0
        let inFileOrder = parsed.tensors.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
        for tensor in inFileOrder {
            let place = try Self.place(tensor, follows: end, dataStart: dataStart, file: file)
            guard entries[tensor.name] == nil, unreadable[tensor.name] == nil else {
                throw SafeTensorsError(file: file, tensor: tensor.name, problem: .duplicateName)
            }
            if let dataType = SafeTensorsDataType(rawValue: tensor.dataType) {
                entries[tensor.name] = try Self.entry(tensor, dataType, place: place, file: file)
            } else {
                unreadable[tensor.name] = TensorDescription(
                    name: tensor.name, type: tensor.dataType, shape: tensor.shape, byteRange: place)
            }
            end = tensor.end
        }
        let available = data.count - dataStart
        guard end <= available else {
            let needed = dataStart.addingReportingOverflow(end)
            let problem = SafeTensorsError.Problem.truncated(
                needed: needed.overflow ? Int.max : needed.partialValue, found: data.count)
            throw SafeTensorsError(file: file, tensor: inFileOrder.last?.name, problem: problem)
        }
        guard end == available else {
            throw SafeTensorsError(file: file, problem: .trailingBytes(available - end))
        }
        self.metadata = parsed.metadata
        self.entries = entries
        self.unreadable = unreadable
    }

    private static func headerLength(data: Data, file: String) throws -> Int {
        guard data.count >= lengthWidth else {
            throw SafeTensorsError(file: file, problem: .truncated(needed: lengthWidth, found: data.count))
        }
        let length = data.prefix(lengthWidth).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= maximumLength else {
            throw SafeTensorsError(file: file, problem: .headerTooLong(length))
        }
        guard Int(length) <= data.count - lengthWidth else {
            let needed = lengthWidth + Int(length)
            throw SafeTensorsError(file: file, problem: .truncated(needed: needed, found: data.count))
        }
        return Int(length)
    }

    /// The place of one tensor in the file, which begins where the tensor before it ends.
    private static func place(
        _ tensor: SafeTensorsHeaderParser.Tensor, follows end: Int, dataStart: Int, file: String
    ) throws -> Range<Int> {
        func failure(_ problem: SafeTensorsError.Problem) -> SafeTensorsError {
            SafeTensorsError(file: file, tensor: tensor.name, problem: problem)
        }
        guard tensor.begin <= tensor.end else {
            throw failure(.reversedOffsets(begin: tensor.begin, end: tensor.end))
        }
        guard tensor.begin == end else {
            throw failure(.misplaced(begin: tensor.begin, expected: end))
        }
        let fileEnd = dataStart.addingReportingOverflow(tensor.end)
        guard !fileEnd.overflow else {
            throw failure(.impossibleShape(tensor.shape))
        }
        return fileEnd.partialValue - (tensor.end - tensor.begin)..<fileEnd.partialValue
    }

    /// Checks one tensor's shape against its place.
    private static func entry(
        _ tensor: SafeTensorsHeaderParser.Tensor, _ dataType: SafeTensorsDataType, place: Range<Int>, file: String
    ) throws -> SafeTensorsEntry {
        guard let needed = byteCount(shape: tensor.shape, dataType: dataType) else {
            throw SafeTensorsError(file: file, tensor: tensor.name, problem: .impossibleShape(tensor.shape))
        }
        guard needed == place.count else {
            throw SafeTensorsError(
                file: file, tensor: tensor.name, problem: .sizeMismatch(needed: needed, found: place.count))
        }
        return SafeTensorsEntry(dataType: dataType, shape: tensor.shape, byteRange: place)
    }

    /// The bytes that a tensor takes, or nil where a dimension is negative or the product does not fit an integer.
    static func byteCount(shape: [Int], dataType: SafeTensorsDataType) -> Int? {
        var count = dataType.byteWidth
        for dimension in shape {
            let product = count.multipliedReportingOverflow(by: dimension)
            guard dimension >= 0, !product.overflow else { return nil }
            count = product.partialValue
        }
        return count
    }
}
