import Foundation
import StrictJSON

/// A serving process, spoken to over pipes.
///
/// Its standard error is this process's own, so that its logs and errors are seen.
package final class ServingProcess {
    private let process = Process()
    private let input = Pipe()
    private let writer: LineWriter
    private var reader: LineReader
    private var lastID = 0

    /// Starts the program at `executable`.
    ///
    /// - Throws: ``ServingProcessError/notStarted(_:)``.
    package init(executable: URL?, arguments: [String]) throws(ServingProcessError) {
        let output = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        writer = LineWriter(descriptor: input.fileHandleForWriting.fileDescriptor)
        reader = LineReader(
            descriptor: output.fileHandleForReading.fileDescriptor, byteLimit: .max, stop: StopSignal())
        do {
            try process.run()
        } catch {
            throw .notStarted(error.localizedDescription)
        }
    }

    /// Sends a request, waits for its reply and decodes the result.
    ///
    /// - Throws: ``ServingProcessError``, or what decoding throws.
    package func result<Result: Decodable>(
        of method: String, _ parameters: JSONValue, as type: Result.Type
    ) throws -> Result {
        lastID += 1
        let id = JSONValue.integer(lastID)
        let reply: JSONValue
        do {
            try writer.write(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": parameters])
            reply = try self.reply(to: id, method: method)
        } catch is DescriptorError {
            throw ended(during: method)
        }
        if let error = reply["error"] {
            throw ServingProcessError.refused(method: method, reason: error["message"]?.text ?? error.description)
        }
        return try JSONDecoder().decode(type, from: Data((reply["result"] ?? .null).bytes))
    }

    /// Ends the process's input and waits for it.
    ///
    /// - Throws: ``ServingProcessError/ended(_:during:)`` when it does not succeed.
    package func finish() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw ended(during: "the end of input")
        }
    }

    /// Reads lines up to the reply with the given id, passing over notifications.
    private func reply(to id: JSONValue, method: String) throws -> JSONValue {
        while case .bytes(let line) = try reader.next() {
            let message = try JSONParser.parse(line)
            // A refused line is answered with id null, and only one request is ever under way.
            if message["id"] == id || message["id"] == .null { return message }
        }
        throw ended(during: method)
    }

    private func ended(during step: String) -> ServingProcessError {
        process.waitUntilExit()
        let status = process.terminationStatus
        let how = process.terminationReason == .exit ? "with status \(status)" : "by signal \(status)"
        return .ended(how, during: step)
    }
}

/// What went wrong with the serving process.
package enum ServingProcessError: Error, CustomStringConvertible, Equatable {
    case notStarted(String)
    case ended(String, during: String)
    case refused(method: String, reason: String)

    package var description: String {
        switch self {
        case .notStarted(let reason):
            "the serving process could not be started: \(reason)"
        case .ended(let how, let step):
            "the serving process ended \(how) during \(step): its own message, if any, stands above"
        case .refused(let method, let reason):
            "the serving process refused \(method): \(reason)"
        }
    }
}
