/// A matrix that is never trained, and how products with it are computed.
public struct FrozenMatrix<Scalar: TensorScalar>: Sendable {
    /// How its numbers are kept.
    public enum Numbers: Sendable {
        case dense(Tensor<Scalar>)
        /// In their file's format; dequantized as they are used.
        case quantized(QuantizedMatrix)
    }

    public let numbers: Numbers
    public let arithmetic: Arithmetic
    /// Where it is laid out for the kernels; `nil` if nowhere.
    let layouts: MatrixLayouts?
    /// Its first row in the matrix that is laid out there.
    let firstRow: Int

    public init(_ numbers: Numbers, arithmetic: Arithmetic, layouts: MatrixLayouts? = nil) {
        self.init(numbers, arithmetic: arithmetic, layouts: layouts, firstRow: 0)
    }

    private init(_ numbers: Numbers, arithmetic: Arithmetic, layouts: MatrixLayouts?, firstRow: Int) {
        (self.numbers, self.arithmetic, self.layouts, self.firstRow) = (numbers, arithmetic, layouts, firstRow)
    }

    /// [rows, columns]
    public var shape: [Int] {
        switch numbers {
        case .dense(let tensor): tensor.shape
        case .quantized(let matrix): matrix.shape
        }
    }

    /// The rows at `indices`: [indices, columns].
    public func gatheringRows(_ indices: [Int32]) -> Tensor<Scalar> {
        switch numbers {
        case .dense(let tensor): tensor.gatheringRows(indices)
        case .quantized(let matrix): matrix.gatheringRows(indices)
        }
    }

    /// The rows in `range`, sharing memory.
    public func rows(_ range: Range<Int>) -> FrozenMatrix {
        let part: Numbers =
            switch numbers {
            case .dense(let tensor): .dense(tensor[range])
            case .quantized(let matrix): .quantized(matrix.rows(range))
            }
        return FrozenMatrix(
            part, arithmetic: arithmetic, layouts: layouts, firstRow: firstRow + range.lowerBound)
    }
}
