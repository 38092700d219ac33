import GRDB

/// What can go wrong in keeping adapters.
public enum AdapterStoreError: Error, Equatable, Sendable {
    case malformedDocumentIdentifier(String)
    /// The store's file cannot be opened, created or written.
    case cannotOpen(path: String, reason: String)
    /// The store's file is not an SQLite database, or one whose pages are damaged or missing.
    case damagedFile(path: String, reason: String)
    /// The file is a sound SQLite database that another program keeps.
    case foreignFile(path: String)
    /// A later version of this program has written the file.
    case newerFile(path: String)
    /// Another process kept the file locked.
    case busy(path: String)
    /// An adapter does not fit beside the pinned ones.
    case exceedsLimit(document: String, bytes: Int, cacheBytes: Int)
    /// The pinned documents alone do not fit.
    case pinnedExceedLimit(path: String, bytes: Int, cacheBytes: Int)
    /// A document's losses hold a value that is not finite; such an adapter is not worth keeping.
    case nonFiniteLoss(document: String, step: Int)
    /// A file is no adapter that was exported, or was changed since.
    case damagedArchive(path: String, reason: String)
    /// SQLite failed in another way, such as on a full disk.
    case failed(path: String, reason: String)

    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode.primaryResultCode {
        // No statement of the store breaks a constraint of a sound file.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT: self = .damagedFile(path: path, reason: reason)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY: self = .cannotOpen(path: path, reason: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        default: self = .failed(path: path, reason: reason)
        }
    }
}

extension AdapterStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedDocumentIdentifier(let text):
            "\"\(text.prefix(80))\" is not a document. Give \"sha256:\" and 64 lower-case hexadecimal digits, as they were "
                + "returned when the document was submitted."
        case .cannotOpen(let path, let reason):
            "adapter cache \(path) cannot be opened: \(reason). Its folder has to exist, and this process has to be "
                + "allowed to write the folder and the file."
        case .damagedFile(let path, let reason):
            "adapter cache \(path) is damaged: \(reason). Move it away, or open it for recovery, which keeps the damaged "
                + "file under another name and begins a new one."
        case .foreignFile(let path):
            "\(path) is a database of another program. Give another path for the adapter cache."
        case .newerFile(let path):
            "adapter cache \(path) was written by a later version. Use that version, or give another path."
        case .busy(let path):
            "adapter cache \(path) stayed locked by another process. Try again, or stop the other process."
        case .exceedsLimit(let document, let bytes, let cacheBytes):
            "the adapter of \(document) takes \(bytes) bytes, which do not fit into a cache of \(cacheBytes) bytes beside "
                + "the pinned documents. Raise the limit or unpin documents."
        case .pinnedExceedLimit(let path, let bytes, let cacheBytes):
            "the pinned documents in \(path) take \(bytes) bytes, which do not fit into a cache of \(cacheBytes) bytes. "
                + "Raise the limit or unpin documents; nothing was dropped."
        case .nonFiniteLoss(let document, let step):
            "the loss of \(document) at step \(step) is not finite. Encode the document anew with smaller inner rates."
        case .damagedArchive(let path, let reason):
            "\(path) is no exported adapter: \(reason). Export the document again."
        case .failed(let path, let reason):
            "adapter cache \(path) failed: \(reason). Check the disk's free space and health."
        }
    }
}
