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

extension Evaluation {
    /// The points of an evaluation: `accuracy/4_people`, `validation_loss/4_people`, and so on.
    var scalars: [TensorBoardScalar] {
        sets.sorted { $0.key < $1.key }.flatMap { name, figures in
            let tag = name.replacing(" ", with: "_")
            return [
                TensorBoardScalar(tag: "accuracy/\(tag)", value: Float(figures.accuracy)),
                TensorBoardScalar(tag: "validation_loss/\(tag)", value: Float(figures.loss)),
            ]
        }
    }
}
