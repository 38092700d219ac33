import Foundation

/// Another process is at work in the output directory.
struct RunLockedError: Error, CustomStringConvertible {
    let directory: String

    var description: String {
        "\(directory): another process trains here; wait until it has ended, or give another --output"
    }
}

/// Keeps two processes from writing one run: held from before the checkpoint is read until the process ends.
final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `RunLockedError`, or a POSIX error if the lock file cannot be made.
    init(directory: String) throws {
        descriptor = open("\(directory)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw RunLockedError(directory: directory)
        }
    }

    deinit { close(descriptor) }
}
