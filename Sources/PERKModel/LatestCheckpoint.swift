import Foundation

/// The file `latest` of a training run's folder, which names the checkpoint to go on from.
public enum LatestCheckpoint {
    /// The name of the checkpoint's folder; `nil` where the run has no such file yet.
    ///
    /// - Throws: `LatestCheckpointError`.
    public static func name(below directory: String) throws(LatestCheckpointError) -> String? {
        let file = URL(fileURLWithPath: directory).appending(path: "latest").path
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let name = try? String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let name, name.wholeMatch(of: /checkpoint-[0-9]+/) != nil else { throw LatestCheckpointError(file: file) }
        return name
    }
}

/// The file `latest` names no checkpoint.
public struct LatestCheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String

    public var description: String {
        "\(file): does not name a checkpoint; write the name of the newest checkpoint folder into it"
    }
}
