import Crypto
import Foundation

/// A SHA-256 digest (FIPS 180-4), written as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Sendable {
    public let hexadecimal: String

    /// The digest of some bytes.
    public init(of bytes: some DataProtocol) {
        self.init(SHA256.hash(data: bytes))
    }

    /// The digest of a file's bytes, read piece by piece.
    ///
    /// - Throws: ``DigestError/unreadable(path:reason:)`` where the file cannot be read.
    public init(ofFileAt path: String) throws {
        var hash = SHA256()
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                hash.update(data: piece)
            }
        } catch {
            throw DigestError.unreadable(path: path, reason: error.localizedDescription)
        }
        self.init(hash.finalize())
    }

    /// The digest of named parts, such as the files and settings that make up a model.
    ///
    /// Each part is hashed as the length of its name, its name, the length of its value, its value; lengths are 64-bit
    /// little-endian, and parts are in the byte order of their names. So no two sets of parts give the same bytes.
    public init(parts: [String: Data]) {
        var hash = SHA256()
        func update(_ bytes: some DataProtocol) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        for (name, value) in parts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            update(Data(name.utf8))
            update(value)
        }
        self.init(hash.finalize())
    }

    /// Reads 64 lower-case hexadecimal digits, as ``hexadecimal`` gives them.
    ///
    /// - Throws: ``DigestError/malformed(_:)``.
    public init(parsing text: String) throws {
        guard text.utf8.count == 64, text.utf8.allSatisfy(Self.digits.contains) else {
            throw DigestError.malformed(text)
        }
        hexadecimal = text
    }

    private init(_ digest: SHA256Digest) {
        let digits = digest.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }
        hexadecimal = String(decoding: digits, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

extension Digest: CustomStringConvertible {
    public var description: String { hexadecimal }
}

/// Why there is no digest.
public enum DigestError: Error, Equatable, Sendable, CustomStringConvertible {
    case malformed(String)
    /// A file cannot be read.
    case unreadable(path: String, reason: String)

    public var description: String {
        switch self {
        case .malformed(let text):
            "\"\(text.prefix(80))\" is not a digest. Give 64 lower-case hexadecimal digits."
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason) Give the path of a file that this process may read."
        }
    }
}
