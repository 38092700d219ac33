import CKernels

/// How products of floats with frozen weights are computed. Sums are of floats in any case, and all that is trained, the
/// adapters and their gradients among it, stays in floats.
public enum Arithmetic: String, Codable, CaseIterable, Sendable {
    case float32
    /// Both factors are rounded to bfloat16: 8 bits of precision instead of 24. Enough for gradients, but an exact
    /// meta-gradient through AdamW comes out another one.
    case bf16

    /// The arithmetic in force where this one is asked for: floats where the processor has no instructions for bfloat16.
    public var inForce: Arithmetic {
        self == .bf16 && perk_bfloat16_path() != perk_product_path_avx512_bf16 ? .float32 : self
    }

    /// Which kernels compute it here. Their sums are taken in different orders, so numbers agree bit for bit along one path
    /// alone.
    public var kernelPath: String {
        switch self == .bf16 ? perk_bfloat16_path() : perk_float_path() {
        case perk_product_path_avx512_bf16: "avx512-bf16"
        case perk_product_path_avx512: "avx512"
        case perk_product_path_avx2: "avx2"
        default: "openblas"
        }
    }
}
