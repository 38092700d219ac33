import ModelFiles
import Tensors

/// Weights that do not fit the model they are meant for.
public struct WeightMismatch: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let problem: String

    public init(file: String, problem: String) {
        self.file = file
        self.problem = problem
    }

    public var description: String { "\(file): \(problem)" }
}

extension SafeTensorsFile {
    /// A tensor of the given shape.
    ///
    /// - Throws: `WeightMismatch` if the shape is another or an element is not finite, `SafeTensorsError` if the tensor
    ///   is missing or damaged.
    public func tensor<Scalar: TensorScalar>(_ name: String, shape: [Int]) throws -> Tensor<Scalar> {
        let found = try entry(name).shape
        guard found == shape else {
            throw WeightMismatch(
                file: file,
                problem: "\(name) has shape \(found), the configuration asks for \(shape): "
                    + "the weights belong to another configuration"
            )
        }
        let tensor: Tensor<Scalar>
        if let floats = try self.floats(name) as? [Scalar] {
            tensor = Tensor(floats, shape: shape)
        } else {
            tensor = Tensor(try doubles(name).map { Scalar($0) }, shape: shape)
        }
        guard tensor.isFinite else {
            throw WeightMismatch(file: file, problem: "\(name) holds numbers that are not finite: the file is damaged")
        }
        return tensor
    }
}

extension SafeTensorsTensor {
    /// A tensor to be written in single precision.
    public init<Scalar>(name: String, _ tensor: Tensor<Scalar>, shape: [Int]? = nil) {
        let scalars = (tensor as? Tensor<Float> ?? tensor.converted()).scalars
        self.init(name: name, shape: shape ?? tensor.shape, scalars: .floats(scalars))
    }
}

extension ModelWeights {
    /// The weights to be written, as Hugging Face's files hold them.
    public func written<Scalar>() -> [SafeTensorsTensor] where Value == StoredWeight<Scalar> {
        zip(layout.entries, values).map { entry, value in
            let tensor =
                switch entry.storage {
                case .asIs: value.tensor
                case .transposed: value.tensor.transposed()
                case .lessOne: value.tensor.plus(-1)
                }
            return SafeTensorsTensor(name: entry.name, tensor)
        }
    }
}

extension Tensor {
    /// Each element and a constant.
    func plus(_ constant: Scalar) -> Tensor { Tensor(scalars.map { $0 + constant }, shape: shape) }

    /// The transposed matrix.
    fileprivate func transposed() -> Tensor {
        let (scalars, rows, columns) = (scalars, rows, width)
        return Tensor((0..<count).map { scalars[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
    }
}

extension Adapter {
    /// Reads an adapter for one task under PEFT's names.
    ///
    /// - Throws: `WeightMismatch`, `SafeTensorsError`.
    public init<Scalar>(reading file: SafeTensorsFile, layout: AdapterLayout) throws where Value == Tensor<Scalar> {
        self.init(
            layout: layout,
            tensors: try zip(layout.names, layout.shapes).map { name, shape in
                try file.tensor(name, shape: shape).reshaped([1] + shape)
            })
    }

    /// The adapter of one task to be written.
    public func written<Scalar>() -> [SafeTensorsTensor] where Value == Tensor<Scalar> {
        zip(layout.names, tensors).map { name, tensor in
            precondition(tensor.shape[0] == 1, "one task to a file")
            return SafeTensorsTensor(name: name, tensor, shape: Array(tensor.shape.dropFirst()))
        }
    }
}
