import CKernels
import Synchronization

/// A frozen matrix, or its transpose, copied into the order in which the kernels read the second factor of a product.
final class MatrixPanels: Sendable {
    private let storage: Storage<UInt8>
    /// The columns of the second factor.
    let columns: Int
    let bytes: Int

    /// Whether there are kernels for this processor.
    static let areSupported = perk_float_path() != perk_product_path_none

    /// Lays out op(B) of a product, of whose other parts none is read, if the budget has bytes for it.
    init?(secondFactorOf gemm: Gemm<Float>, budget: ByteBudget) {
        var product = gemm.kernelArguments
        columns = gemm.columns
        bytes = perk_laid_out_bytes(&product)
        guard budget.take(bytes) else { return nil }
        storage = Storage(capacity: bytes)
        perk_lay_out(&product, memory)
    }

    /// Valid while the panels are alive.
    var start: UnsafePointer<Float> { UnsafePointer(memory) }

    private var memory: UnsafeMutablePointer<Float> {
        // As many floats as fill the bytes, at the alignment of the pool's blocks.
        UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: Float.self)
    }
}

/// The layouts of one frozen matrix and of runs of its rows, made when a product first wants them, as far as a budget of
/// bytes goes. They change the time of a product, never its result.
public final class MatrixLayouts: Sendable {
    /// What is laid out: rows of the matrix, transposed or not, for products of one arithmetic.
    struct Part: Hashable {
        let rows: Range<Int>
        let isTransposed: Bool
        let arithmetic: Arithmetic
    }

    /// `nil` for a part that was too large for the budget.
    private let panels = Mutex<[Part: MatrixPanels?]>([:])
    private let budget: ByteBudget

    public init(budget: ByteBudget) { self.budget = budget }

    deinit {
        let bytes = panels.withLock { $0.values.reduce(0) { $0 + ($1?.bytes ?? 0) } }
        budget.giveBack(bytes)
    }

    /// The layout of a part; `nil` if the budget is used up.
    ///
    /// - Parameter numbers: where it is to be laid out first, a product of which it is the second factor, and the tensor that
    ///   has its numbers.
    func panels(for part: Part, numbers: () -> (Tensor<Float>, Gemm<Float>)) -> MatrixPanels? {
        panels.withLock { panels in
            if let known = panels[part] { return known }
            let (tensor, gemm) = numbers()
            let made = withExtendedLifetime(tensor) { MatrixPanels(secondFactorOf: gemm, budget: budget) }
            panels[part] = .some(made)
            return made
        }
    }
}

/// Bytes of memory that several users share, on any thread.
public final class ByteBudget: Sendable {
    private let left: Atomic<Int>

    public init(bytes: Int) { left = Atomic(bytes) }

    /// Whether there were as many bytes; then they are taken.
    public func take(_ bytes: Int) -> Bool {
        guard left.subtract(bytes, ordering: .relaxed).newValue < 0 else { return true }
        giveBack(bytes)
        return false
    }

    public func giveBack(_ bytes: Int) { left.add(bytes, ordering: .relaxed) }
}
