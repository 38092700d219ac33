import Foundation

/// A tensor as its file's table of contents describes it.
public struct TensorDescription: Equatable, Sendable {
    public let name: String
    /// The type under the name that the file's format gives it: F32, BF16, Q4_1.
    public let type: String
    /// The dimensions, outermost first; empty for a single number.
    public let shape: [Int]
    /// The tensor's bytes, counted from the start of the file.
    public let byteRange: Range<Int>

    /// The number of its numbers. The table of contents was checked, so this fits an integer.
    public var elementCount: Int { shape.reduce(1, *) }

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
