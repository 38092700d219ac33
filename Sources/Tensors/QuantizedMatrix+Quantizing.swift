import Foundation

extension QuantizedMatrix {
    /// Quantizes a matrix, rounding as the reference implementation of GGUF does: to the nearest number of 16 bits, or in
    /// blocks scaled by their largest element.
    ///
    /// - Precondition: the elements are finite, the columns fill whole blocks, and the format is not one of the blocks of
    ///   256 weights, which are only read.
    public init(quantizing matrix: Tensor<Float>, as format: QuantizationFormat) {
        precondition(matrix.shape.count == 2 && matrix.isFinite, "quantizing of shape \(matrix.shape), or not finite")
        var bytes: [UInt8] = []
        matrix.withUnsafeBuffer { weights in
            for start in stride(from: 0, to: weights.count, by: format.blockWeights) {
                let end = min(start + format.blockWeights, weights.count)
                format.append(UnsafeBufferPointer(rebasing: weights[start..<end]), to: &bytes)
            }
        }
        guard
            let quantized = QuantizedMatrix(
                rows: matrix.rows, columns: matrix.width, format: format, bytes: Data(bytes))
        else { preconditionFailure("\(matrix.width) columns do not fill blocks of \(format)") }
        self = quantized
    }
}

extension QuantizationFormat {
    /// Appends the bytes of one block.
    fileprivate func append(_ weights: UnsafeBufferPointer<Float>, to bytes: inout [UInt8]) {
        switch self {
        case .float32: bytes.appendLittleEndian(weights[0].bitPattern)
        case .float16: bytes.appendLittleEndian(Float16(weights[0]).bitPattern)
        case .bfloat16: bytes.appendLittleEndian(upperHalf(of: weights[0]))
        case .q4_0:
            // The element of the largest magnitude becomes -8, the first of equals.
            let largest = weights.reduce(0) { abs($1) > abs($0) ? $1 : $0 }
            let scale = largest / -8
            bytes.appendLittleEndian(Float16(scale).bitPattern)
            bytes.appendNibbles(weights.map { ($0 * reciprocal(scale) + 8.5).rounded(.towardZero) })
        case .q4_1:
            let minimum = weights.min() ?? 0
            let scale = ((weights.max() ?? 0) - minimum) / 15
            bytes.appendLittleEndian(Float16(scale).bitPattern)
            bytes.appendLittleEndian(Float16(minimum).bitPattern)
            bytes.appendNibbles(weights.map { (($0 - minimum) * reciprocal(scale) + 0.5).rounded(.towardZero) })
        case .q8_0:
            let scale = weights.reduce(0) { max($0, abs($1)) } / 127
            bytes.appendLittleEndian(Float16(scale).bitPattern)
            for weight in weights {
                let rounded = (weight * reciprocal(scale)).rounded(.toNearestOrAwayFromZero)
                bytes.append(UInt8(bitPattern: Int8(rounded.clamped(to: -127...127))))
            }
        case .q5_0, .q5_1, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_NL:
            preconditionFailure("\(self) is only read")
        }
    }

    private func reciprocal(_ scale: Float) -> Float { scale == 0 ? 0 : 1 / scale }

    /// The nearest number of 16 bits with the exponent of a Float, ties to the even one.
    private func upperHalf(of weight: Float) -> UInt16 {
        let bits = weight.bitPattern
        return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }
}

extension [UInt8] {
    fileprivate mutating func appendLittleEndian(_ bits: some FixedWidthInteger) {
        for shift in stride(from: 0, to: bits.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    /// Appends 32 whole numbers: the first 16 in the low halves of bytes, the others in the high ones.
    fileprivate mutating func appendNibbles(_ values: [Float]) {
        for index in 0..<16 {
            let (low, high) = (UInt8(values[index].clamped(to: 0...15)), UInt8(values[index + 16].clamped(to: 0...15)))
            append(low | high << 4)
        }
    }
}

extension Float {
    /// The nearest number of the range; its lower bound for what is not a number, as 0 over a vanishing scale is not.
    fileprivate func clamped(to range: ClosedRange<Float>) -> Float {
        .minimum(.maximum(self, range.lowerBound), range.upperBound)
    }
}
