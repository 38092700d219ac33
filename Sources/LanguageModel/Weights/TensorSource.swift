import ModelFiles
import Tensors

/// One or more files that hold tensors by name, whatever their format.
protocol TensorSource {
    /// The path, for errors.
    var file: String { get }

    func contains(_ name: String) -> Bool

    /// The extents, outermost first.
    func shape(of name: String) throws -> [Int]

    /// A tensor of two axes as it is in the file.
    func matrix(_ name: String) throws -> QuantizedMatrix

    /// The numbers of a tensor, in row-major order.
    func floats(_ name: String) throws -> [Float]
}

extension TensorSource {
    /// A tensor of exactly this shape: a matrix in its file's format, a vector of numbers.
    ///
    /// - Throws: `WeightMismatch` if the shape is another or a number is not finite; the file's own error if the tensor is
    ///   missing or damaged.
    func weight(_ name: String, shape: [Int]) throws -> StoredWeight<Float> {
        let weight = try unreadWeight(name, shape: shape)
        guard weight.isFinite else {
            throw WeightMismatch(file: file, problem: "\(name) holds numbers that are not finite: the file is damaged")
        }
        return weight
    }

    /// The same, but for the numbers of a matrix, which nobody looks at yet.
    ///
    /// - Throws: as `weight`.
    func unreadWeight(_ name: String, shape: [Int]) throws -> StoredWeight<Float> {
        let found = try self.shape(of: name)
        guard found == shape else {
            throw WeightMismatch(
                file: file,
                problem: "\(name) has shape \(found), the configuration asks for \(shape): "
                    + "the weights belong to another configuration")
        }
        return shape.count == 2 ? .quantized(try matrix(name)) : .dense(Tensor(try floats(name), shape: shape))
    }
}

extension StoredWeight {
    /// Whether every number is finite.
    var isFinite: Bool {
        switch self {
        case .dense(let tensor): tensor.isFinite
        case .quantized(let matrix): matrix.isFinite
        }
    }

    /// The weight as it is kept in memory: numbers of 32 bits by themselves, fewer bits in the file's format.
    var kept: StoredWeight {
        if case .quantized(let matrix) = self, matrix.format == .float32 { dequantized } else { self }
    }
}

extension SafeTensorsModel: TensorSource {
    func shape(of name: String) throws -> [Int] { try shard(holding: name).entry(name).shape }
}

extension GGUFFile: TensorSource {
    func shape(of name: String) throws -> [Int] { try entry(name).shape }
}
