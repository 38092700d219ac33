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
