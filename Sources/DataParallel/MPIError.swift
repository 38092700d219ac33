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
