import Synchronization

/// Memory for tensors, kept for reuse.
///
/// Returning large blocks to the operating system and faulting them in again would cost more than the arithmetic done
/// in them, so freed blocks wait here for the next request of their size class. A class is a power of two or one of
/// three steps between two of them; the unused tail of a block is never touched and so never becomes resident.
enum BufferPool {
    /// Alignment of every block, in bytes: one cache line, and the widest vector register.
    static let alignment = 64

    private struct Blocks: ~Copyable {
        var free: [Int: [UnsafeMutableRawPointer]] = [:]
    }

    private static let blocks = Mutex(Blocks())

    /// The number of bytes actually set aside for a request.
    static func sizeClass(_ bytes: Int) -> Int {
        if bytes <= 256 { return 256 }
        let power = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount)
        let step = power / 4
        return power + (bytes - power + step - 1) / step * step
    }

    static func take(sizeClass: Int) -> UnsafeMutableRawPointer {
        let reused = blocks.withLock { $0.free[sizeClass]?.popLast().map { Block(pointer: $0) } }
        if let reused { return reused.pointer }
        return .allocate(byteCount: sizeClass, alignment: alignment)
    }

    static func giveBack(_ pointer: UnsafeMutableRawPointer, sizeClass: Int) {
        let block = Block(pointer: pointer)
        blocks.withLock { $0.free[sizeClass, default: []].append(block.pointer) }
    }

    /// Returns every waiting block to the system.
    static func drain() {
        blocks.withLock { blocks in
            for pointers in blocks.free.values { for pointer in pointers { pointer.deallocate() } }
            blocks.free = [:]
        }
    }

    /// A block on its way into or out of the pool: exactly one owner holds it at a time.
    private struct Block: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }
}

/// The memory that tensors keep beyond their own life.
public enum TensorMemory {
    /// Returns to the system what waits for reuse, so that the memory in use is what is needed.
    public static func releaseUnused() { BufferPool.drain() }
}

/// The elements of one or more tensors: uninitialized memory from the pool, given back when the last tensor lets go.
///
/// Written only while its creator is the sole owner, which is what makes sharing it between threads safe.
final class Storage<Scalar>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Scalar>
    let capacity: Int
    private let sizeClass: Int

    init(capacity: Int) {
        self.capacity = capacity
        sizeClass = BufferPool.sizeClass(capacity * MemoryLayout<Scalar>.stride)
        pointer = BufferPool.take(sizeClass: sizeClass).bindMemory(to: Scalar.self, capacity: capacity)
    }

    deinit { BufferPool.giveBack(pointer, sizeClass: sizeClass) }
}
