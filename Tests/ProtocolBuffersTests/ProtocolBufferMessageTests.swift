import Foundation
import ProtocolBuffers
import Testing

/// Against the examples of the format's own description (protobuf.dev, "Encoding"), and bytes worked out by hand.
@Suite struct ProtocolBufferMessageTests {
    private func bytes(_ fill: (inout ProtocolBufferMessage) -> Void) -> [UInt8] {
        var message = ProtocolBufferMessage()
        fill(&message)
        return [UInt8](message.bytes)
    }

    @Test func integersAreVarints() {
        #expect(bytes { $0.append(150, field: 1) } == [0x08, 0x96, 0x01])
        #expect(bytes { $0.append(-2, field: 1) } == [0x08, 0xFE] + [UInt8](repeating: 0xFF, count: 8) + [0x01])
        #expect(bytes { $0.append(0, field: 45) } == [0xE8, 0x02, 0x00])
        #expect(bytes { $0.append(true, field: 3) } == [0x18, 0x01])
    }

    @Test func textsAndMessagesHaveTheirLengthInFront() {
        #expect(bytes { $0.append("testing", field: 2) } == [0x12, 0x07] + Array("testing".utf8))
        var inner = ProtocolBufferMessage()
        inner.append(150, field: 1)
        #expect(bytes { $0.append(inner, field: 3) } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    }

    @Test func fractionsAreLittleEndian() {
        #expect(bytes { $0.append(Float(1), field: 2) } == [0x15, 0, 0, 0x80, 0x3F])
        #expect(bytes { $0.append(Double(1), field: 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    }
}
