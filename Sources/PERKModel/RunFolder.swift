import Foundation

/// The folder of a training run, as what reads its models sees it: checkpoints, and the files `latest` and `best`, which
/// name one of them each.
public struct RunFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// The name of the newest checkpoint, which the run is resumed from; `nil` where there is none yet.
    ///
    /// - Throws: `RunFolderError`.
    public func latest() throws(RunFolderError) -> String? { try checkpoint(namedBy: "latest") }

    /// The name of the checkpoint of the best evaluation; `nil` where there is none yet.
    ///
    /// - Throws: `RunFolderError`.
    public func best() throws(RunFolderError) -> String? { try checkpoint(namedBy: "best") }

    private func bestOrLatest() throws(RunFolderError) -> String? {
        if let best = try best() { return best }
        return try latest()
    }

    private func checkpoint(namedBy file: String) throws(RunFolderError) -> String? {
        let file = URL(fileURLWithPath: path).appending(path: file).path
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let name = try? String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let name, name.wholeMatch(of: /checkpoint-[0-9]+/) != nil else { throw RunFolderError(file: file) }
        return name
    }

    /// Where the model at a path lies: in the folder of a run its checkpoint of the best evaluation, or the newest where no
    /// evaluation was noted; anything else is a model itself.
    ///
    /// - Throws: `RunFolderError`.
    public static func model(at path: String) throws(RunFolderError) -> String {
        let isModel = ["config.json", PERKConfiguration.fileName].contains {
            FileManager.default.fileExists(atPath: "\(path)/\($0)")
        }
        guard !isModel, let name = try RunFolder(path: path).bestOrLatest() else { return path }
        return "\(path)/\(name)"
    }
}

/// The file `latest` or `best` of a run names no checkpoint.
public struct RunFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String

    public var description: String {
        "\(file): does not name a checkpoint; write the name of a checkpoint's folder into it"
    }
}
