import Foundation

/// Reading a document from a file.
public enum DocumentFile {
    /// The file's text, which must be UTF-8.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - byteLimit: The most bytes that it may have.
    /// - Throws: ``DocumentFileError``.
    public static func text(at path: String, byteLimit: Int) throws(DocumentFileError) -> String {
        var isDirectory: ObjCBool = false
        guard !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) || !isDirectory.boolValue else {
            throw .unreadable(path, reason: "it is a directory")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path, reason: String(cString: strerror(errno)))
        }
        return try text(of: handle, named: path, byteLimit: byteLimit)
    }

    /// The text that a file handle gives up to its end, which must be UTF-8.
    ///
    /// - Parameters:
    ///   - handle: Open for reading; standard input, for instance.
    ///   - name: What errors call it.
    ///   - byteLimit: The most bytes that it may give.
    /// - Throws: ``DocumentFileError``.
    public static func text(
        of handle: FileHandle, named name: String, byteLimit: Int
    ) throws(DocumentFileError) -> String {
        let data: Data
        do {
            // One byte more than allowed, where there is such a number, tells a file at the limit from one past it.
            data = try handle.read(upToCount: max(byteLimit, byteLimit &+ 1)) ?? Data()
        } catch {
            throw .unreadable(name, reason: error.localizedDescription)
        }
        guard data.count <= byteLimit else { throw .tooLarge(name, byteLimit: byteLimit) }
        guard let text = String(validating: data, as: UTF8.self) else { throw .invalidUTF8(name) }
        return text
    }
}

/// Why a file cannot be a document.
public enum DocumentFileError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(String, reason: String)
    case tooLarge(String, byteLimit: Int)
    case invalidUTF8(String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read (\(reason)): give the path of a text file"
        case .tooLarge(let path, let byteLimit):
            "\(path) has more than \(byteLimit) bytes: split it, or raise --max-request-bytes"
        case .invalidUTF8(let path):
            "\(path) is not UTF-8: convert it, for example with iconv"
        }
    }
}
