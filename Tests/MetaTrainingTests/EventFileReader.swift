import Foundation
import Testing

@testable import MetaTraining

/// The events in an event file, read for the tests by the formats' own rules.
struct EventFileReader {
    struct Event {
        var wallTime: Double?
        var step = 0
        var fileVersion: String?
        var sessionStatus: Int?
        var scalars: [String: Float] = [:]
    }

    let events: [Event]

    /// Reads whole records; a check that does not hold, or a record that is cut off, fails the test.
    init(_ data: Data) throws {
        var rest = data, events: [Event] = []
        while !rest.isEmpty {
            let header = try Self.take(8, from: &rest)
            #expect(try Self.integer(4, from: &rest) == UInt64(CRC32C.maskedChecksum(of: header)))
            let event = try Self.take(Int(header.reversed().reduce(0) { $0 << 8 | UInt64($1) }), from: &rest)
            #expect(try Self.integer(4, from: &rest) == UInt64(CRC32C.maskedChecksum(of: event)))
            events.append(try Self.event(event))
        }
        self.events = events
    }

    private static func event(_ message: Data) throws -> Event {
        var event = Event()
        for (field, value) in try fields(message) {
            switch (field, value) {
            case (1, .number(let bits)): event.wallTime = Double(bitPattern: bits)
            case (2, .number(let step)): event.step = Int(step)
            case (3, .bytes(let text)): event.fileVersion = String(decoding: text, as: UTF8.self)
            case (5, .bytes(let summary)):
                for case (1, .bytes(let value)) in try fields(summary) {
                    guard case (1, .bytes(let tag))? = try fields(value).first,
                        case (2, .number(let bits))? = try fields(value).last
                    else { throw Unreadable() }
                    event.scalars[String(decoding: tag, as: UTF8.self)] = Float(bitPattern: UInt32(bits))
                }
            case (7, .bytes(let log)):
                guard case (1, .number(let status))? = try fields(log).first else { throw Unreadable() }
                event.sessionStatus = Int(status)
            default: throw Unreadable()
            }
        }
        return event
    }

    // MARK: - Protocol buffers

    private struct Unreadable: Error {}

    private enum Value {
        case number(UInt64)
        case bytes(Data)
    }

    private static func fields(_ message: Data) throws -> [(Int, Value)] {
        var rest = message, fields: [(Int, Value)] = []
        while !rest.isEmpty {
            let key = try varint(from: &rest)
            let value: Value =
                switch key & 7 {
                case 0: .number(try varint(from: &rest))
                case 1: .number(try integer(8, from: &rest))
                case 2: .bytes(try take(Int(varint(from: &rest)), from: &rest))
                case 5: .number(try integer(4, from: &rest))
                default: throw Unreadable()
                }
            fields.append((Int(key >> 3), value))
        }
        return fields
    }

    private static func varint(from rest: inout Data) throws -> UInt64 {
        let length = try #require(rest.firstIndex { $0 < 0x80 }) - rest.startIndex + 1
        return try take(length, from: &rest).reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
    }

    private static func integer(_ count: Int, from rest: inout Data) throws -> UInt64 {
        try take(count, from: &rest).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func take(_ count: Int, from rest: inout Data) throws -> Data {
        try #require(count <= rest.count)
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
