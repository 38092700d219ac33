import CKernels

/// The number types that tensors hold. `Float` is what ships; `Double` is for checking gradients.
public protocol TensorScalar: BinaryFloatingPoint, Sendable {
    /// The elementwise and row-wise kernels for this type.
    static var kernels: Kernels<Self> { get }

    /// Computes a product on the calling thread.
    static func multiply(_ gemm: Gemm<Self>)

    /// The nearest value of this type.
    init(_ value: some TensorScalar)
}

/// One table of kernels, filled from the C functions of `CKernels` for a number type.
public struct Kernels<Scalar>: Sendable {
    typealias Source = UnsafePointer<Scalar>
    typealias Target = UnsafeMutablePointer<Scalar>

    let add, subtract, multiply, multiplyAdd: @Sendable (Int, Source, Source, Target) -> Void
    let scale, addScaled: @Sendable (Int, Source, Scalar, Target) -> Void
    let dot: @Sendable (Int, Source, Source) -> Double
    let logSum: @Sendable (Int, Source, Scalar, Scalar) -> Double
    let argmaxRows: @Sendable (Int, Int, Source, UnsafeMutablePointer<Int64>) -> Void
    let map: @Sendable (perk_function, Int32, Scalar, Int, Source, Target) -> Void
    let gate: @Sendable (Int, Source, Source, Target) -> Void
    let gateTangent: @Sendable (Int, Source, Source, Source, Source, Target) -> Void
    let gatePullback: @Sendable (Int, Source, Source, Source, Target, Target) -> Void
    let gatePullbackTangent: @Sendable (Int, Source, Source, Source, Source, Source, Source, Target, Target) -> Void
    let addToRows, multiplyRows, scaleRows, rowProducts, columnProducts,
        softmaxPullback: @Sendable (Int, Int, Source, Source, Target) -> Void
    let centerRows, columnSums: @Sendable (Int, Int, Source, Target) -> Void
    let causalSoftmax: @Sendable (Int, Int, Int, Int, Source, Target) -> Void
    let runningSoftmax: @Sendable (Int, Int, Source, Target, Target, Target, Target) -> Void
    let crossEntropy: @Sendable (Int, Int, Source, UnsafePointer<Int32>, Target, Target) -> Void
    let crossEntropyPullback: @Sendable (Int, Int, Source, UnsafePointer<Int32>, Source, Target) -> Void
    let rotate: @Sendable (Int, Int, Int, Int, Source, Source, Source, Scalar, Target) -> Void
    let adamWStep: @Sendable (Int, perk_adamw, Source, Target, Target, Target) -> Void
    let adamWPullback:
        @Sendable (Int, perk_adamw, Source, Source, Source, Source, Target, Target, Target, Target) -> Double
}

extension Float: TensorScalar {
    public static let kernels = Kernels<Float>(
        add: perk_add_f32, subtract: perk_subtract_f32, multiply: perk_multiply_f32, multiplyAdd: perk_multiply_add_f32,
        scale: perk_scale_f32, addScaled: perk_add_scaled_f32, dot: perk_dot_f32, logSum: perk_log_sum_f32,
        argmaxRows: perk_argmax_rows_f32, map: perk_map_f32, gate: perk_gate_f32,
        gateTangent: perk_gate_tangent_f32, gatePullback: perk_gate_pullback_f32,
        gatePullbackTangent: perk_gate_pullback_tangent_f32, addToRows: perk_add_to_rows_f32,
        multiplyRows: perk_multiply_rows_f32, scaleRows: perk_scale_rows_f32, rowProducts: perk_row_products_f32,
        columnProducts: perk_column_products_f32, softmaxPullback: perk_softmax_pullback_f32,
        centerRows: perk_center_rows_f32,
        columnSums: perk_column_sums_f32, causalSoftmax: perk_causal_softmax_f32,
        runningSoftmax: perk_running_softmax_f32, crossEntropy: perk_cross_entropy_f32,
        crossEntropyPullback: perk_cross_entropy_pullback_f32, rotate: perk_rotate_f32,
        adamWStep: perk_adamw_step_f32, adamWPullback: perk_adamw_pullback_f32)

    public init(_ value: some TensorScalar) { self = Float(Double(value)) }
}

extension Double: TensorScalar {
    public static let kernels = Kernels<Double>(
        add: perk_add_f64, subtract: perk_subtract_f64, multiply: perk_multiply_f64, multiplyAdd: perk_multiply_add_f64,
        scale: perk_scale_f64, addScaled: perk_add_scaled_f64, dot: perk_dot_f64, logSum: perk_log_sum_f64,
        argmaxRows: perk_argmax_rows_f64, map: perk_map_f64, gate: perk_gate_f64,
        gateTangent: perk_gate_tangent_f64, gatePullback: perk_gate_pullback_f64,
        gatePullbackTangent: perk_gate_pullback_tangent_f64, addToRows: perk_add_to_rows_f64,
        multiplyRows: perk_multiply_rows_f64, scaleRows: perk_scale_rows_f64, rowProducts: perk_row_products_f64,
        columnProducts: perk_column_products_f64, softmaxPullback: perk_softmax_pullback_f64,
        centerRows: perk_center_rows_f64,
        columnSums: perk_column_sums_f64, causalSoftmax: perk_causal_softmax_f64,
        runningSoftmax: perk_running_softmax_f64, crossEntropy: perk_cross_entropy_f64,
        crossEntropyPullback: perk_cross_entropy_pullback_f64, rotate: perk_rotate_f64,
        adamWStep: perk_adamw_step_f64, adamWPullback: perk_adamw_pullback_f64)
}
