import Foundation
import Tensors

/// A file of tensors, of either of the formats that are known.
public enum TensorFile: Sendable {
    case gguf(GGUFFile)
    case safeTensors(SafeTensorsFile)

    /// Opens the file at `path`, as what its first bytes say it is, or else its name.
    ///
    /// - Throws: `GGUFError`, `SafeTensorsError`.
    public init(path: String) throws {
        // A file that cannot be opened here gives its error below.
        let start = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: GGUFHeader.magic.count)
        if path.hasSuffix(".gguf") || start.map(Array.init) == GGUFHeader.magic {
            self = .gguf(try GGUFFile(path: path))
        } else {
            self = .safeTensors(try SafeTensorsFile(path: path))
        }
    }

    /// The path.
    public var file: String {
        switch self {
        case .gguf(let file): file.file
        case .safeTensors(let file): file.file
        }
    }

    /// The bytes of the whole file.
    public var byteCount: Int {
        switch self {
        case .gguf(let file): file.byteCount
        case .safeTensors(let file): file.byteCount
        }
    }

    /// All tensors, by their names, with layer 2 before layer 10.
    public var tensors: [TensorDescription] {
        switch self {
        case .gguf(let file): file.tensors
        case .safeTensors(let file): file.tensors
        }
    }

    /// The distribution of a tensor's numbers; `nil` where these are of a type that no quantized matrix has. The tensor is read a part at a time.
    ///
    /// - Throws: `GGUFError`, `SafeTensorsError` where there is no such tensor.
    public func statistics(of name: String) throws -> ElementStatistics? {
        switch self {
        case .gguf(let file):
            try file.entry(name).format == nil ? nil : try file.row(name).statistics
        case .safeTensors(let file):
            try file.isReadable(name) ? file.row(name).statistics : nil
        }
    }
}

/// A tensor as its file's table of contents describes it.
public struct TensorDescription: Equatable, Sendable {
    public let name: String
    /// The type under the name that the file's format gives it: F32, BF16, Q4_1.
    public let type: String
    /// The dimensions, outermost first; empty for a single number.
    public let shape: [Int]
    /// The tensor's bytes, counted from the start of the file that holds it.
    public let byteRange: Range<Int>

    /// The number of its numbers, as far as an integer goes.
    public var elementCount: Int {
        shape.reduce(1) {
            let product = $0.multipliedReportingOverflow(by: $1)
            return product.overflow ? .max : product.partialValue
        }
    }

    init(name: String, type: String, shape: [Int], byteRange: Range<Int>) {
        (self.name, self.type, self.shape, self.byteRange) = (name, type, shape, byteRange)
    }

    init(name: String, _ entry: GGUFEntry) {
        self.name = name
        (type, shape, byteRange) = (entry.type.name, entry.shape, entry.byteRange)
    }

    init(name: String, _ entry: SafeTensorsEntry) {
        self.name = name
        (type, shape, byteRange) = (entry.dataType.rawValue, entry.shape, entry.byteRange)
    }
}

extension [TensorDescription] {
    /// By their names, with runs of digits as numbers: layer 2 before layer 10.
    var inNaturalOrder: [TensorDescription] {
        sorted { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
    }
}
