import Foundation

/// An error of the file system in words: where, on whose behalf, why, and what to do. Foundation's own are neither read
/// easily nor name the option.
struct FileSystemFault: Equatable {
    let path: String
    /// The option whose value the path comes from; `nil` where none is.
    let option: String?
    private let code: Int32

    /// - Parameter arguments: those of the command.
    /// - Returns: `nil` for an error of another kind.
    init?(_ error: any Error, arguments: [String]) {
        let error = error as NSError
        guard error.domain == NSCocoaErrorDomain,
            let path = error.userInfo[NSFilePathErrorKey] as? String ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        else { return nil }
        self.path = path
        option = Self.option(with: path, in: arguments)
        let underlying = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
        code =
            underlying.flatMap { $0.domain == NSPOSIXErrorDomain ? Int32($0.code) : nil }
            ?? Self.code(ofCocoa: error.code)
    }

    var message: String { "\(option.map { "\($0) " } ?? "")\(path): \(String(cString: strerror(code))): \(advice)" }

    private var advice: String {
        switch code {
        case EACCES, EPERM, EROFS: "give this user the right to read and write there, or name another place"
        case ENOTDIR, EEXIST: "a file stands where a folder is needed; name another place"
        case EISDIR: "a folder stands where a file is needed; name another place"
        case ENOENT: "check the path"
        case ENOSPC, EDQUOT: "make room, or name another place"
        default: "name another place"
        }
    }

    /// The option whose value is the path, or a folder above or below it.
    private static func option(with path: String, in arguments: [String]) -> String? {
        func isRelated(_ value: String) -> Bool {
            let value = URL(fileURLWithPath: value).standardizedFileURL.path
            return value == path || value.hasPrefix("\(path)/") || path.hasPrefix("\(value)/")
        }
        for (index, argument) in arguments.enumerated() where argument.hasPrefix("--") {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count == 2 ? parts[1] : index + 1 < arguments.count ? arguments[index + 1] : ""
            if !value.isEmpty, !value.hasPrefix("--"), isRelated(value) { return parts[0] }
        }
        return nil
    }

    /// What Foundation's codes without an error below them mean.
    private static func code(ofCocoa code: Int) -> Int32 {
        switch CocoaError.Code(rawValue: code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
        case .fileReadNoPermission, .fileWriteNoPermission: EACCES
        case .fileWriteOutOfSpace: ENOSPC
        case .fileWriteVolumeReadOnly: EROFS
        case .fileWriteFileExists: EEXIST
        default: EIO
        }
    }
}
