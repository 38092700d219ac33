import CZlib
import Digests
import Foundation

/// A document's text in the format of zlib (RFC 1950).
struct CompressedText: Equatable, Sendable {
    let bytes: Data
    /// The length of the text in bytes of UTF-8.
    let textBytes: Int

    init(bytes: Data, textBytes: Int) { (self.bytes, self.textBytes) = (bytes, textBytes) }

    init(_ text: String) {
        let source = Array(text.utf8)
        var count = compressBound(uLong(source.count))
        // zlib writes at most `compressBound` bytes, and says how many.
        let compressed = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
            let status = compress2(buffer.baseAddress, &count, source, uLong(source.count), Z_DEFAULT_COMPRESSION)
            precondition(status == Z_OK, "zlib has no memory, or too little room")
            initialized = Int(count)
        }
        self.init(bytes: Data(compressed), textBytes: source.count)
    }

    /// The text, or `nil` where it is not that of `document`: bytes that are damaged give no text, or another one.
    func text(of document: DocumentIdentifier) -> String? {
        // Deflate's best ratio is about 1032 to 1, so that a damaged length asks for no memory beyond reason.
        guard textBytes >= 0, textBytes <= 1032 * bytes.count + 64 else { return nil }
        var count = uLong(textBytes)
        var isSound = false
        let source = Array(bytes)
        // zlib writes at most `count` bytes, and says how many.
        let restored = [UInt8](unsafeUninitializedCapacity: max(1, textBytes)) { buffer, initialized in
            isSound = uncompress(buffer.baseAddress, &count, source, uLong(source.count)) == Z_OK
            initialized = isSound ? Int(count) : 0
        }
        guard isSound, DocumentIdentifier(of: restored) == document else { return nil }
        return String(validating: restored, as: UTF8.self)
    }
}
