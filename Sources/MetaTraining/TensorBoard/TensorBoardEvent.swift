import Foundation
import ProtocolBuffers

/// A number under a name, one point of a curve.
struct TensorBoardScalar: Equatable {
    let tag: String
    let value: Float
}

/// What TensorBoard reads from an event file: the protocol buffer message `tensorflow.Event`.
struct TensorBoardEvent {
    enum Content {
        /// What a file begins with.
        case fileVersion
        /// Points at this step or a later one that earlier files hold are void: their run was taken up again before it.
        case sessionStart
        case scalars([TensorBoardScalar])
    }

    /// Seconds since 1970.
    let wallTime: Double
    let step: Int
    let content: Content

    /// `Event`: `wall_time` 1, `step` 2, and one of `file_version` 3, `summary` 5, `session_log` 7.
    var message: ProtocolBufferMessage {
        var event = ProtocolBufferMessage()
        event.append(wallTime, field: 1)
        // A number that is zero is left out by every writer of the third version of protocol buffers.
        if step != 0 { event.append(step, field: 2) }
        switch content {
        case .fileVersion:
            event.append("brain.Event:2", field: 3)
        case .sessionStart:
            // `SessionLog`: `status` 1, of which 1 is `START`.
            var log = ProtocolBufferMessage()
            log.append(1, field: 1)
            event.append(log, field: 7)
        case .scalars(let scalars):
            var summary = ProtocolBufferMessage()
            for scalar in scalars { summary.append(scalar.message, field: 1) }
            event.append(summary, field: 5)
        }
        return event
    }
}

extension TensorBoardScalar {
    /// `Summary.Value`: `tag` 1, `simple_value` 2.
    fileprivate var message: ProtocolBufferMessage {
        var message = ProtocolBufferMessage()
        message.append(tag, field: 1)
        message.append(value, field: 2)
        return message
    }
}

extension StepFigures {
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
