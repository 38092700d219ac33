#if MPI
    import CMPI
    import Foundation
    import Synchronization
    import Tensors

    /// The ranks that `mpirun` has started, over MPI (Message Passing Interface, version 3.1).
    public final class MPICommunicator: Communicator {
        public let rank: Int
        public let size: Int

        /// Makes MPI ready for this process; to be done once.
        ///
        /// - Throws: `MPIError`.
        public init() throws {
            var provided: Int32 = 0, rank: Int32 = 0, size: Int32 = 0
            try check(perk_mpi_start(&provided), "starting MPI")
            guard perk_mpi_allows_threads(provided) != 0 else {
                throw MPIError(operation: "starting MPI", problem: "it cannot be called from several threads in turn")
            }
            try check(perk_mpi_rank(&rank), "asking for the rank")
            try check(perk_mpi_size(&size), "asking for the number of ranks")
            self.rank = Int(rank)
            self.size = Int(size)
        }

        /// Ends the use of MPI, once every rank has come here. `mpirun` takes a rank that leaves without it for a dead
        /// one.
        ///
        /// - Throws: `MPIError`.
        public func finalize() throws { try exclusively { try check(MPI_Finalize(), "finishing MPI") } }

        /// Ends every rank at once, with this exit code: for a failure that the others do not know of and would wait
        /// for.
        public func abort(code: Int32) -> Never {
            exclusively { _ = perk_mpi_abort(code) }
            exit(code)
        }

        public func sum<Scalar: TensorScalar>(_ values: inout [Scalar]) throws {
            let count = try messageCount(values.count)
            try exclusively {
                // The buffer holds `count` elements of the type that MPI is told.
                try values.withUnsafeMutableBytes {
                    try check(perk_mpi_sum($0.baseAddress, count, isDouble(Scalar.self)), "a sum over the ranks")
                }
            }
        }

        public func beginSum<Scalar: TensorScalar>(_ values: [Scalar]) throws -> any PendingSum<Scalar> {
            try PendingMPISum(values, count: messageCount(values.count))
        }

        public func broadcast<Scalar: TensorScalar>(_ values: inout [Scalar]) throws {
            let count = try messageCount(values.count)
            try exclusively {
                try values.withUnsafeMutableBytes {
                    try check(perk_mpi_broadcast($0.baseAddress, count, isDouble(Scalar.self)), "a broadcast")
                }
            }
        }

        public func barrier() throws {
            try exclusively { try check(perk_mpi_barrier(), "waiting for the other ranks") }
        }
    }

    /// A sum that a thread of its own drives on, for MPI moves data only while it is called.
    private final class PendingMPISum<Scalar: TensorScalar>: PendingSum, @unchecked Sendable {
        // `values` and `request` are MPI's until the request is complete, and touched under `calls` alone. A sum that
        // nobody finishes, because the run failed, keeps its memory.
        private let values: UnsafeMutableBufferPointer<Scalar>
        private var request = perk_mpi_no_request()

        init(_ elements: [Scalar], count: Int32) throws {
            values = .allocate(capacity: elements.count)
            _ = values.initialize(from: elements)
            try exclusively {
                try check(
                    perk_mpi_start_sum(values.baseAddress, count, isDouble(Scalar.self), &request), "beginning a sum")
            }
            Thread.detachNewThread { [self] in
                while !isComplete { usleep(500) }
            }
        }

        /// Whether there is nothing left to drive on. A failure shows again in `finish`.
        private var isComplete: Bool {
            exclusively {
                var isComplete: Int32 = 0
                return perk_mpi_test(&request, &isComplete) != 0 || isComplete != 0
            }
        }

        func finish() throws -> [Scalar] {
            try exclusively { try check(perk_mpi_wait(&request), "a sum over the ranks") }
            defer { values.deallocate() }
            return Array(values)
        }
    }

    /// Held during every call, for MPI allows one thread at a time.
    private let calls = Mutex(())

    private func exclusively<Result: Sendable>(_ body: () throws -> Result) rethrows -> Result {
        try calls.withLock { _ in try body() }
    }

    private func isDouble<Scalar>(_ type: Scalar.Type) -> Int32 { type == Double.self ? 1 : 0 }

    /// - Throws: `MPIError` if there are more elements than MPI can count.
    private func messageCount(_ count: Int) throws -> Int32 {
        guard let count = Int32(exactly: count) else {
            throw MPIError(operation: "a message", problem: "\(count) numbers are more than fit into one")
        }
        return count
    }

    /// - Throws: `MPIError` unless `code` is that of success.
    private func check(_ code: Int32, _ operation: String) throws {
        guard code != 0 else { return }
        // MPI writes at most so many characters, and says how many.
        let message = String(unsafeUninitializedCapacity: perk_mpi_longest_message) { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var length: Int32 = 0
                return MPI_Error_string(code, characters.baseAddress, &length) == 0 ? Int(length) : 0
            }
        }
        throw MPIError(operation: operation, problem: message.isEmpty ? "code \(code)" : message)
    }
#endif
