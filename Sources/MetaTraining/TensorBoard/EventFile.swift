import Foundation
import ProtocolBuffers

/// Why an event file could not be written.
struct EventFileError: Error, Equatable, CustomStringConvertible {
    let path: String
    let problem: String

    var description: String { "\(path): \(problem)" }
}

/// A file that TensorBoard draws curves from: `Event` messages, each a record of the TFRecord format.
///
/// A record goes out whole before the next step begins, so a process that dies leaves at most its last one cut off, where
/// TensorBoard stops reading. A file is never written to by a second process: a run that is taken up again begins a new
/// one, whose name sorts behind the others, and says there from which step on their points are void. Some of TensorBoard's
/// readers take the first such record for the beginning of the run and heed the later ones, so every file has one.
struct EventFile {
    let path: String
    private let handle: FileHandle

    /// Begins a file of its own, `events.out.tfevents.SECONDS.HOST`, in a folder that is made where there is none.
    /// - Parameter firstStep: the step that comes next; points from there on that older files hold are void.
    /// - Throws: `EventFileError`.
    init(folder: String, firstStep: Int, date: Date = Date()) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let used = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap(Self.seconds)
            // The names of a run's files must ascend, even where two begin in one second or the clock was set back.
            let seconds = max(Int(date.timeIntervalSince1970), (used.max() ?? 0) + 1)
            let name = "\(Self.prefix)\(seconds).\(ProcessInfo.processInfo.hostName)"
            try self.init(path: "\(folder)/\(name)", firstStep: firstStep, date: date)
        } catch let error as EventFileError {
            throw error
        } catch {
            throw EventFileError(
                path: folder,
                problem: "is not a folder to write in (\(error.localizedDescription)); check the output directory")
        }
    }

    /// Begins a file at `path`.
    /// - Throws: `EventFileError`.
    init(path: String, firstStep: Int, date: Date = Date()) throws {
        self.path = path
        do {
            if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
            handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        } catch {
            throw EventFileError(
                path: path, problem: "cannot be opened (\(error.localizedDescription)); check the output directory")
        }
        try append(TensorBoardEvent(wallTime: date.timeIntervalSince1970, step: 0, content: .fileVersion))
        try append(TensorBoardEvent(wallTime: date.timeIntervalSince1970, step: firstStep, content: .sessionStart))
    }

    /// Appends the points of one step. Those that are not finite are left out.
    /// - Throws: `EventFileError`.
    func append(step: Int, _ scalars: [TensorBoardScalar], date: Date = Date()) throws {
        let finite = scalars.filter(\.value.isFinite)
        try append(TensorBoardEvent(wallTime: date.timeIntervalSince1970, step: step, content: .scalars(finite)))
    }

    private func append(_ event: TensorBoardEvent) throws {
        do {
            try handle.write(contentsOf: Self.record(event.message.bytes))
        } catch {
            throw EventFileError(
                path: path,
                problem: "step \(event.step) cannot be written (\(error.localizedDescription)); check the disk")
        }
    }

    /// A TFRecord: the length (64 bits), its masked check, the data, their masked check.
    private static func record(_ data: Data) -> Data {
        var record = Data()
        record.append(littleEndian: UInt64(data.count))
        record.append(littleEndian: CRC32C.maskedChecksum(of: record))
        record.append(data)
        record.append(littleEndian: CRC32C.maskedChecksum(of: data))
        return record
    }

    private static let prefix = "events.out.tfevents."

    /// The seconds in a file's name; nil where it is not an event file's, or of a time past 2106.
    private static func seconds(name: String) -> Int? {
        guard name.hasPrefix(prefix) else { return nil }
        return UInt32(name.dropFirst(prefix.count).prefix { $0 != "." }).map(Int.init)
    }
}

/// The cyclic redundancy check of 32 bits with Castagnoli's polynomial (RFC 3720, section 12.1 and appendix B.4).
enum CRC32C {
    /// The check of one byte by the byte. The polynomial is 0x1EDC6F41, its bits in reverse order.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
        }
    }

    static func checksum(of data: Data) -> UInt32 {
        ~data.reduce(~UInt32(0)) { remainder, byte in
            table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8
        }
    }

    /// The check as it stands in a TFRecord file: turned and shifted, since the check of data that hold their own check
    /// says little.
    static func maskedChecksum(of data: Data) -> UInt32 {
        let checksum = checksum(of: data)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }
}
