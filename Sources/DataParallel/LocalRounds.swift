import Tensors

/// A rank's way through the rounds of `LocalSteps`: it counts its steps, and has the mean of each round's changes found
/// while the next round runs.
public struct LocalRounds<Scalar: TensorScalar>: Sendable {
    /// K
    public let stepsPerRound: Int
    /// The outer update's state, the same on every rank.
    public private(set) var outer: LocalSteps<Scalar>
    private let communicator: any Communicator
    private var stepsInRound = 0
    private var underway: Underway?

    private struct Underway {
        let origin: [Tensor<Scalar>]
        let sum: any PendingSum<Scalar>
    }

    public init(outer: LocalSteps<Scalar>, stepsPerRound: Int, communicator: any Communicator) {
        precondition(stepsPerRound >= 1, "rounds of no steps")
        (self.outer, self.stepsPerRound, self.communicator) = (outer, stepsPerRound, communicator)
    }

    /// Notes a step that this rank has taken by itself. One that completes a round sends off what the round has
    /// changed, and puts the start of the next one in the place of `parameters`.
    public mutating func finishStep(_ parameters: inout [Tensor<Scalar>]) throws {
        stepsInRound += 1
        guard stepsInRound == stepsPerRound else { return }
        stepsInRound = 0
        let finished = Underway(origin: outer.start, sum: try beginSum(of: parameters))
        try land()
        underway = finished
        parameters = outer.start
    }

    /// Waits for the round under way, and has the one at hand averaged too, however far it has come. All ranks have the
    /// same parameters then, and nothing is under way: a point that a run can be taken up again at.
    ///
    /// Since this ends a round early, a run that settles after other steps comes to other numbers.
    public mutating func settle(_ parameters: inout [Tensor<Scalar>]) throws {
        let unfinished = stepsInRound > 0 ? Underway(origin: outer.start, sum: try beginSum(of: parameters)) : nil
        stepsInRound = 0
        try land()
        underway = unfinished
        try land()
        parameters = outer.start
    }

    private func beginSum(of parameters: [Tensor<Scalar>]) throws -> any PendingSum<Scalar> {
        try communicator.beginSum(zip(parameters, outer.start).map { $0 - $1 }.flattened())
    }

    private mutating func land() throws {
        guard let landing = underway else { return }
        underway = nil
        var change = outer.start.shaped(try landing.sum.finish())
        for index in change.indices { change[index].scale(by: Scalar(1 / Double(communicator.size))) }
        outer.advance(by: change, from: landing.origin)
    }
}
