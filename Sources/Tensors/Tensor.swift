import Foundation
import SeededRandom

/// A dense array of numbers in row-major order, with a shape.
///
/// A value type: tensors may share memory, and a write to one is never seen through another. Operations with shapes
/// that do not fit are programmer errors and trap; whatever comes from outside is checked before it becomes a tensor.
public struct Tensor<Scalar: TensorScalar>: Sendable {
    /// The extent of each axis, outermost first; empty for a scalar.
    public private(set) var shape: [Int]
    private(set) var storage: Storage<Scalar>
    private(set) var offset: Int

    /// A tensor whose elements are not yet written; the caller fills all of them before anyone reads.
    init(uninitialized shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in shape \(shape)")
        self.shape = shape
        storage = Storage(capacity: shape.reduce(1, *))
        offset = 0
    }

    /// A tensor with every element equal to `value`.
    public init(repeating value: Scalar, shape: [Int]) {
        self.init(uninitialized: shape)
        start.update(repeating: value, count: count)
    }

    /// A tensor of zeros.
    public init(zeros shape: [Int]) {
        self.init(uninitialized: shape)
        // Zero is all bits zero in both number types.
        memset(start, 0, count * MemoryLayout<Scalar>.stride)
    }

    /// A tensor of the given elements in row-major order.
    public init(_ elements: some Collection<Scalar>, shape: [Int]) {
        self.init(uninitialized: shape)
        precondition(elements.count == count, "\(elements.count) elements for shape \(shape)")
        _ = UnsafeMutableBufferPointer(start: start, count: count).initialize(from: elements)
    }

    /// A tensor without axes.
    public init(scalar: Scalar) { self.init(repeating: scalar, shape: []) }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The extent of the last axis; 1 for a scalar.
    public var width: Int { shape.last ?? 1 }

    /// The number of rows when all axes but the last are read as one.
    public var rows: Int { shape.dropLast().reduce(1, *) }

    /// The elements in row-major order.
    public var scalars: [Scalar] { withUnsafeBuffer { Array($0) } }

    /// The only element of a tensor with one element.
    public var item: Scalar {
        precondition(count == 1, "item of a tensor of shape \(shape)")
        return start.pointee
    }

    /// The same elements under another shape, sharing memory.
    public consuming func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "cannot reshape \(self.shape) to \(shape)")
        self.shape = shape
        return self
    }

    /// The part at `index` of the first axis, sharing memory.
    public subscript(index: Int) -> Tensor {
        precondition(!shape.isEmpty && index >= 0 && index < shape[0], "index \(index) in shape \(shape)")
        var result = self
        result.shape.removeFirst()
        result.offset += index * result.count
        return result
    }

    /// The parts in `range` of the first axis, sharing memory.
    public subscript(range: Range<Int>) -> Tensor {
        precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0], "\(range) in \(shape)")
        var result = self
        result.shape[0] = range.count
        result.offset += range.lowerBound * shape.dropFirst().reduce(1, *)
        return result
    }

    /// `body` reads the elements in row-major order.
    public func withUnsafeBuffer<Result>(_ body: (UnsafeBufferPointer<Scalar>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: start, count: count)) }
    }

    /// The first element. Valid while `self` is alive, for `count` elements: a view lies within its storage.
    var start: UnsafeMutablePointer<Scalar> { storage.pointer + offset }

    /// Whether no other tensor shares this memory.
    var isUnique: Bool {
        mutating get { isKnownUniquelyReferenced(&storage) }
    }

    /// Makes this tensor the only owner of its memory, copying if it is shared.
    mutating func makeUnique() {
        if isUnique { return }
        let copy = Tensor(uninitialized: shape)
        copy.start.update(from: start, count: count)
        self = copy
    }
}

extension Tensor: Equatable {
    /// Equal shape and equal elements.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        left.shape == right.shape
            && left.withUnsafeBuffer { x in right.withUnsafeBuffer { y in x.elementsEqual(y) } }
    }
}

extension Tensor {
    /// Joins tensors along the first axis; the other axes agree.
    public init(concatenating parts: [Tensor]) {
        precondition(!parts.isEmpty, "nothing to concatenate")
        let rest = parts[0].shape.dropFirst()
        precondition(parts.allSatisfy { $0.shape.dropFirst() == rest }, "parts of different shapes")
        self.init(uninitialized: [parts.map { $0.shape[0] }.reduce(0, +)] + rest)
        var next = start
        for part in parts {
            next.update(from: part.start, count: part.count)
            next += part.count
        }
    }

    /// `copies` copies of this tensor along a new first axis.
    public func repeated(_ copies: Int) -> Tensor {
        let result = Tensor(uninitialized: [copies] + shape)
        for index in 0..<copies { (result.start + index * count).update(from: start, count: count) }
        return result
    }

    /// The same numbers in another precision, or the very tensor where that is its own.
    public func inPrecision<Other: TensorScalar>(of type: Other.Type = Other.self) -> Tensor<Other> {
        (self as? Tensor<Other>) ?? converted()
    }

    /// The same numbers in another precision.
    public func converted<Other: TensorScalar>(to type: Other.Type = Other.self) -> Tensor<Other> {
        withUnsafeBuffer { Tensor<Other>($0.lazy.map { Other($0) }, shape: shape) }
    }
}

extension Tensor {
    /// Independent normal numbers with mean 0.
    public init(normal shape: [Int], standardDeviation: Double, using random: inout RandomSource) {
        var numbers: [Scalar] = []
        for _ in 0..<shape.reduce(1, *) { numbers.append(Scalar(random.normal() * standardDeviation)) }
        self.init(numbers, shape: shape)
    }
}
