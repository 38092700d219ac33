extension TrainingRun.StepFigures {
    /// The step's points. The losses of base training and of meta-training are different things, on curves of their own.
    var scalars: [TensorBoardScalar] {
        let losses = [TensorBoardScalar(tag: phase == .base ? "loss/base" : "loss/outer", value: Float(loss))]
        let inner = (innerLosses ?? []).enumerated().map { index, loss in
            TensorBoardScalar(tag: "loss/inner/\(index + 1)", value: Float(loss))
        }
        return losses + inner + [
            TensorBoardScalar(tag: "gradient_norm", value: Float(gradientNorm)),
            TensorBoardScalar(tag: "rate", value: Float(rate)),
        ]
    }
}

extension TensorBoardScalar {
    /// The points of an evaluation.
    /// - Parameter accuracy: the share of questions answered exactly, by number of people.
    static func scalars(accuracy: [Int: Double]) -> [TensorBoardScalar] {
        accuracy.sorted { $0.key < $1.key }.map { people, share in
            TensorBoardScalar(tag: "accuracy/\(people)_people", value: Float(share))
        }
    }
}
