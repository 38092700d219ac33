import Foundation

/// Why a file could not be written.
public struct FileReplacementError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String {
        "\(path): cannot be written (\(reason)); check that its folder exists, is writable and has room"
    }
}

/// Writes a file so that a reader, or a crash, never sees half of it: the bytes go to a temporary file beside `path`,
/// reach the disk, and only then take the name.
/// - Throws: `FileReplacementError`; whatever stood at `path` is then untouched.
public func replaceFile(at path: String, with chunks: some Sequence<Data>) throws {
    let target = URL(fileURLWithPath: path)
    let folder = target.deletingLastPathComponent().path
    let temporary = "\(folder)/.\(target.lastPathComponent).\(UUID().uuidString)"
    do {
        // Not by Foundation, which first makes a file of another name that nobody would know to remove after a crash.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw POSIXError.current }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        for chunk in chunks {
            try handle.write(contentsOf: chunk)
        }
        try handle.synchronize()
        try handle.close()
        guard rename(temporary, target.path) == 0 else { throw POSIXError.current }
        try synchronizeFolder(folder)
    } catch {
        _ = unlink(temporary)
        throw FileReplacementError(path: path, reason: error.localizedDescription)
    }
}

/// Makes a rename within the folder outlast a power failure.
private func synchronizeFolder(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY)
    guard descriptor >= 0 else { throw POSIXError.current }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw POSIXError.current }
}

extension POSIXError {
    /// The error that the last system call left behind.
    fileprivate static var current: POSIXError {
        POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
}

/// Puts the file at `source` at `target` as well: as a second name of the same file where the file system can, as a copy
/// elsewhere. A reader never sees half of it.
/// - Throws: `FileReplacementError`; whatever stood at `target` is then untouched.
public func placeFile(_ source: URL, at target: String) throws {
    let temporary = URL(fileURLWithPath: "\(target).\(UUID().uuidString)")
    do {
        do {
            try FileManager.default.linkItem(at: source, to: temporary)
        } catch {
            try FileManager.default.copyItem(at: source, to: temporary)
        }
        guard rename(temporary.path, target) == 0 else { throw POSIXError.current }
        // Renaming one name of a file over another of the same file leaves both.
        _ = unlink(temporary.path)
        try synchronizeFolder(URL(fileURLWithPath: target).deletingLastPathComponent().path)
    } catch {
        _ = unlink(temporary.path)
        throw FileReplacementError(path: target, reason: error.localizedDescription)
    }
}
