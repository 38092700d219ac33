import Foundation

/// Why a run cannot be begun or resumed in a directory.
public enum RunDirectoryError: Error, Equatable, CustomStringConvertible {
    /// There is no checkpoint to resume from.
    case nothingToResume(directory: String)
    /// There is a run already, which is never written over.
    case holdsRun(directory: String)
    /// Another process is at work there.
    case isLocked(directory: String)
    /// A rank does not find the checkpoint that the first rank found.
    case notShared(directory: String, rank: Int)

    public var description: String {
        switch self {
        case .nothingToResume(let directory): "there is no checkpoint in \(directory) to resume"
        case .holdsRun(let directory): "\(directory) holds a run already"
        case .isLocked(let directory): "\(directory): another process trains here; wait until it has ended"
        case .notShared(let directory, let rank):
            "rank \(rank) does not find the first rank's checkpoint in \(directory)"
        }
    }
}

/// The directory of a run, for the process that writes it: no other one does, as long as this value lives.
final class RunDirectory: Sendable {
    let path: String
    private let lock: Int32

    /// - Parameter resuming: whether there has to be a run already; otherwise there may be none.
    /// - Throws: `RunDirectoryError`, or the file system's error.
    init(path: String, resuming: Bool) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        lock = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw RunDirectoryError.isLocked(directory: path)
        }
        // Once nobody else can write.
        let hasCheckpoint = FileManager.default.fileExists(atPath: "\(path)/latest")
        if resuming && !hasCheckpoint { throw RunDirectoryError.nothingToResume(directory: path) }
        if !resuming && hasCheckpoint { throw RunDirectoryError.holdsRun(directory: path) }
    }

    deinit { close(lock) }
}
