import Foundation
import Tensors

/// A safetensors file, opened for reading: its table of contents is checked whole, its tensors are read one by one.
///
/// Format: <https://huggingface.co/docs/safetensors>.
public struct SafeTensorsFile: Sendable {
    /// The path, or what stands in its place in errors.
    public let file: String
    /// The free text that the writer put beside the tensors.
    public let metadata: [String: String]
    private let data: Data
    private let entries: [String: SafeTensorsEntry]
    private let unreadable: [String: TensorDescription]

    /// Opens and checks the file at `path`.
    ///
    /// The file is mapped into memory, so only the tensors that are read cost memory. It must not be shortened
    /// meanwhile; replacing it by another file, as `SafeTensorsWriter` does, is harmless.
    /// - Throws: `SafeTensorsError`.
    public init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw SafeTensorsError(file: path, problem: .unreadable(reason: error.localizedDescription))
        }
        try self.init(data: data, file: path)
    }

    /// Checks the bytes of a whole file, kept for instance in a database; `file` names them in errors.
    /// - Throws: `SafeTensorsError`.
    public init(data: Data, file: String = "safetensors data") throws {
        let header = try SafeTensorsHeader(data: data, file: file)
        self.file = file
        self.metadata = header.metadata
        self.data = data
        self.entries = header.entries
        self.unreadable = header.unreadable
    }

    /// The bytes of the whole file.
    public var byteCount: Int { data.count }

    /// All tensors, by their names, with layer 2 before layer 10.
    public var tensors: [TensorDescription] {
        (entries.map { TensorDescription(name: $0.key, $0.value) } + unreadable.values).inNaturalOrder
    }

    /// The tensors' names, sorted.
    public var names: [String] {
        (Array(entries.keys) + unreadable.keys).sorted()
    }

    /// Whether there is a tensor of this name.
    public func contains(_ name: String) -> Bool {
        entries[name] != nil || unreadable[name] != nil
    }

    /// Whether the numbers of a tensor are of a type that quantized matrices have.
    /// - Throws: `SafeTensorsError` where there is no tensor of this name.
    func isReadable(_ name: String) throws -> Bool {
        try unreadable[name] == nil && entry(name).dataType.quantizationFormat != nil
    }

    /// Where the tensor lies and what it holds.
    /// - Throws: `SafeTensorsError` where there is no tensor of this name, or it is of an unknown type.
    public func entry(_ name: String) throws -> SafeTensorsEntry {
        guard let entry = entries[name] else {
            let problem = unreadable[name].map { SafeTensorsError.Problem.unknownDataType($0.type) }
            throw SafeTensorsError(file: file, tensor: name, problem: problem ?? .missing)
        }
        return entry
    }

    /// A matrix of type F32, F16 or BF16, in the file's own bytes.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type or no matrix.
    public func matrix(_ name: String) throws -> QuantizedMatrix {
        let entry = try entry(name)
        guard entry.shape.count == 2 else {
            throw SafeTensorsError(file: file, tensor: name, problem: .notAMatrix(entry.shape))
        }
        return try quantized(name, entry, rows: entry.shape[0], columns: entry.shape[1])
    }

    /// The scalars of a tensor of any shape and of type F32, F16 or BF16, in the file's own bytes, all in one row.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type.
    public func row(_ name: String) throws -> QuantizedMatrix {
        let entry = try entry(name)
        return try quantized(name, entry, rows: 1, columns: entry.byteRange.count / entry.dataType.byteWidth)
    }

    /// The scalars of a tensor of type F32, F16 or BF16, in row-major order.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type.
    public func floats(_ name: String) throws -> [Float] { (try row(name).dequantized() as Tensor<Float>).scalars }

    /// The scalars of a tensor of type F64, F32, F16 or BF16, in row-major order.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type.
    public func doubles(_ name: String) throws -> [Double] {
        let entry = try entry(name)
        return switch entry.dataType {
        case .float64: scalars(entry) { (bits: UInt64) in Double(bitPattern: bits) }
        case .float32, .float16, .bfloat16: try floats(name).map(Double.init)
        default: throw notReadable(name, entry, as: "Double")
        }
    }

    /// The scalars of a tensor of type I32, in row-major order.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type.
    public func int32s(_ name: String) throws -> [Int32] {
        let entry = try entry(name)
        guard entry.dataType == .int32 else { throw notReadable(name, entry, as: "Int32") }
        return scalars(entry) { Int32(bitPattern: $0) }
    }

    /// The scalars of a tensor of type I64 or I32, in row-major order.
    /// - Throws: `SafeTensorsError` where there is no such tensor, or it is of another type.
    public func int64s(_ name: String) throws -> [Int64] {
        let entry = try entry(name)
        return switch entry.dataType {
        case .int64: scalars(entry) { Int64(bitPattern: $0) }
        case .int32: try int32s(name).map(Int64.init)
        default: throw notReadable(name, entry, as: "Int64")
        }
    }

    /// The tensor's bytes as a matrix of that many scalars.
    private func quantized(_ name: String, _ entry: SafeTensorsEntry, rows: Int, columns: Int) throws -> QuantizedMatrix
    {
        let range = entry.byteRange.lowerBound + data.startIndex..<entry.byteRange.upperBound + data.startIndex
        guard let format = entry.dataType.quantizationFormat,
            let matrix = QuantizedMatrix(rows: rows, columns: columns, format: format, bytes: data[range])
        else { throw notReadable(name, entry, as: "Float") }
        return matrix
    }

    /// Reads every little-endian bit pattern of a tensor. `Bits` must be as wide as the entry's scalars.
    private func scalars<Bits: FixedWidthInteger & BitwiseCopyable, Scalar>(
        _ entry: SafeTensorsEntry, _ make: (Bits) -> Scalar
    ) -> [Scalar] {
        let width = entry.dataType.byteWidth
        precondition(width == MemoryLayout<Bits>.size)
        // The load is checked against the bounds, and any bits are an integer; foreign files need not be aligned.
        let bytes = data.bytes
        return stride(from: entry.byteRange.lowerBound, to: entry.byteRange.upperBound, by: width).map { offset in
            make(Bits(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Bits.self)))
        }
    }

    private func notReadable(_ name: String, _ entry: SafeTensorsEntry, as type: String) -> SafeTensorsError {
        SafeTensorsError(file: file, tensor: name, problem: .notReadable(stored: entry.dataType, asked: type))
    }
}
