#if MPI
    import DataParallel
    import Foundation
    import Tensors
    import Testing

    @testable import TestTimeLearning

    /// The program that runs these tests is itself what `mpirun` starts: see `make test-mpi`.
    @Suite struct MPIMetaGradientTests {
        private static let isLaunched = ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"] != nil

        /// One test, for MPI begins once and ends once in a process.
        @Test(.enabled(if: isLaunched)) func ranksFindTheGradientOfTheWholeBatch() throws {
            let ranks = try MPICommunicator()
            let model: MetaLearnedModel<Float> = try tinyModel()
            for count in [ranks.size * 2, ranks.size * 2 + 1] {
                let tasks = tinyTasks(count, as: Float.self)
                let whole = try model.metaGradient(of: tasks, groupSize: 2, threads: 1, base: .all)
                let found = try model.metaGradient(of: tasks, groupSize: 2, threads: 1, base: .all, over: ranks)
                let errors = found.gradients.zip(whole.gradients).values.map { relativeError(of: $0, from: $1) }
                #expect(!errors.isEmpty && errors.allSatisfy { $0 < 1e-5 })
                #expect(abs(found.outerLoss - whole.outerLoss) < 1e-5)
                if ranks.rank == 0 {
                    print("\(count) tasks on \(ranks.size) ranks: largest relative error \(errors.max() ?? .nan)")
                }
            }
            try ranks.finalize()
        }
    }
#endif
