import Foundation

/// A failure that every rank meets at the same point of the run, so that each of them ends by itself.
public protocol SharedFailure: Error {}

/// Does the work of a run on the ranks that this process belongs to: those that Open MPI's `mpirun` has started, or
/// this process alone.
///
/// A rank that fails by itself ends all of them, for the others would wait for it.
///
/// - Parameters:
///   - report: tells a person of a failure that only this rank knows of, and gives the code to exit with.
/// - Throws: what `work` throws, where no other rank waits; `MPIError`; `MPIUnavailable`.
public func onLaunchedRanks(
    reporting report: (any Error) -> Int32, _ work: (any Communicator) throws -> Void
) throws {
    guard let count = ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"].flatMap({ Int($0) }) else {
        return try work(SingleProcess())
    }
    #if MPI
        let ranks = try MPICommunicator()
        do {
            try work(ranks)
            try ranks.finalize()
        } catch let failure as any SharedFailure {
            try ranks.finalize()
            throw failure
        } catch {
            ranks.abort(code: report(error))
        }
    #else
        guard count == 1 else { throw MPIUnavailable(ranks: count) }
        try work(SingleProcess())
    #endif
}

/// A call to MPI failed, on this rank or because another one is gone.
public struct MPIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was to be done.
    public let operation: String
    /// MPI's own words.
    public let problem: String

    public var description: String {
        "\(operation) failed (\(problem)); every rank ends now; resume from the last checkpoint"
    }
}

/// A program that was built without MPI was started on several ranks, each of which would do the whole work.
public struct MPIUnavailable: Error, Equatable, Sendable, CustomStringConvertible {
    public let ranks: Int

    public var description: String {
        "started on \(ranks) ranks, but built without MPI: build with swift build -c release --traits MPI, "
            + "or start without mpirun"
    }
}
