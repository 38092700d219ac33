import Foundation

/// The directories below which documents may be read by path.
public struct AllowedDirectories: Sendable {
    private let directories: [[String]]
    private let byteLimit: Int

    /// - Parameters:
    ///   - paths: Existing directories; symbolic links are resolved now. None means that no path may be read.
    ///   - byteLimit: The most bytes that a file may have.
    /// - Throws: ``NoDirectoryError``.
    public init(_ paths: [String], byteLimit: Int) throws(NoDirectoryError) {
        var directories: [[String]] = []
        for path in paths {
            guard let resolved = Self.resolve(path), Self.kind(of: resolved) == .typeDirectory else {
                throw NoDirectoryError(path: path)
            }
            directories.append(URL(fileURLWithPath: resolved).pathComponents)
        }
        self.directories = directories
        self.byteLimit = byteLimit
    }

    /// The text of a file below one of the directories, wherever its symbolic links lead.
    ///
    /// - Throws: ``RPCError`` naming the parameter `path`. It does not tell whether a file outside exists.
    func text(at path: String) throws(RPCError) -> String {
        guard !directories.isEmpty else {
            throw .invalid(
                "path",
                "this service reads no files; give the text, or start the service with a directory of allowed documents"
            )
        }
        guard let resolved = Self.resolve(path), contains(resolved), Self.kind(of: resolved) == .typeRegular else {
            throw .invalid("path", "no such file below the directories of allowed documents")
        }
        do {
            return try DocumentFile.text(at: resolved, byteLimit: byteLimit)
        } catch .tooLarge {
            throw RPCError(
                .overLimit,
                "path: the file has more than \(byteLimit) bytes, the limit of this service: split it, or have the limit raised",
                parameter: "path")
        } catch {
            throw .invalid("path", error.description)
        }
    }

    private func contains(_ resolved: String) -> Bool {
        let components = URL(fileURLWithPath: resolved).pathComponents
        return directories.contains { components.count > $0.count && components.starts(with: $0) }
    }

    /// The absolute path without symbolic links, or nil where there is nothing.
    private static func resolve(_ path: String) -> String? {
        // A zero character would end the path early for the file system.
        guard !path.utf8.contains(0), let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(validatingCString: resolved)
    }

    private static func kind(of path: String) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }
}

/// A directory whose documents were to be allowed does not exist.
public struct NoDirectoryError: Error, CustomStringConvertible, Equatable, Sendable {
    public let path: String

    public var description: String { "\(path) is no directory: name an existing one for the allowed documents" }
}

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

    /// The text that a file handle gives up to its end, which must be UTF-8. A byte order mark at its beginning is no part
    /// of the text.
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
        return String(text.withoutByteOrderMark)
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
            "\(path) has more than \(byteLimit) bytes: split it, or raise the limit"
        case .invalidUTF8(let path):
            "\(path) is not UTF-8: convert it, for example with iconv"
        }
    }
}
