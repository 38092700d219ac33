#if MPI
    import DataParallel
    import Foundation
    import Tensors
    import Testing

    /// The program that runs these tests is itself what `mpirun` starts: see `make test-mpi`.
    @Suite struct MPICommunicatorTests {
        private static let isLaunched = ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"] != nil

        /// One test, for MPI begins once and ends once in a process, and every rank makes the same calls in turn.
        @Test(.enabled(if: isLaunched)) func ranksWorkTogether() throws {
            let ranks = try MPICommunicator()
            let size = Double(ranks.size), ranksBelow = size * (size - 1) / 2
            #expect(ranks.size > 1 && (0..<ranks.size).contains(ranks.rank))

            var tensors = [Tensor<Float>(repeating: Float(ranks.rank), shape: [2, 3]), Tensor(scalar: 1)]
            try ranks.sum(&tensors)
            #expect(tensors == [Tensor(repeating: Float(ranksBelow), shape: [2, 3]), Tensor(scalar: Float(size))])

            // Of more elements than one message takes, and of numbers that only a Double holds.
            var large = [Tensor<Double>](repeating: Tensor(repeating: 0x1p40 + 1, shape: [1_500_000]), count: 3)
            try ranks.sum(&large)
            #expect(large.allSatisfy { $0 == Tensor(repeating: size * (0x1p40 + 1), shape: [1_500_000]) })

            let pending = try ranks.beginSum([Float](repeating: 2, count: 3_000_000))
            let other = try ranks.beginSum([Double(ranks.rank)])
            var between = [1.0]
            try ranks.sum(&between)
            #expect(between == [size])
            #expect(try other.finish() == [ranksBelow])
            #expect(try pending.finish() == [Float](repeating: 2 * Float(size), count: 3_000_000))

            var numbers = [Float(ranks.rank) + 5, 1]
            try ranks.broadcast(&numbers)
            #expect(numbers == [5, 1])
            try ranks.barrier()

            // The others do not expect so much.
            var unequal = [Float](repeating: 1, count: ranks.rank == 0 ? 1000 : 1)
            let failure = Result { try ranks.broadcast(&unequal) }
            if ranks.rank != 0 {
                let error = #expect(throws: MPIError.self) { try failure.get() }
                #expect(error?.operation == "a broadcast" && error?.problem.contains("truncated") == true)
            }
            try ranks.finalize()
        }
    }
#endif
