import CSentencePiece
import Foundation

/// The SentencePiece library's message.
struct LibraryFailure: Error {
    let reason: String
}

/// Owns a model that the SentencePiece library has loaded.
///
/// Sendable although it holds a pointer: nothing changes the model after loading, and the library's encoding and
/// decoding only read it.
final class LoadedModel: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ serialized: Data) throws {
        var message: UnsafeMutablePointer<CChar>?
        // The library copies the bytes before the call returns.
        let loaded = serialized.withUnsafeBytes { bytes in
            sentencePieceLoad(bytes.baseAddress, bytes.count, &message)
        }
        guard let loaded else {
            throw Self.failure(taking: message)
        }
        pointer = loaded
    }

    deinit {
        sentencePieceRelease(pointer)
    }

    func encode(_ text: String) throws -> [Int] {
        var ids: UnsafeMutablePointer<Int32>?
        var count = 0
        var message: UnsafeMutablePointer<CChar>?
        var text = text
        let succeeded = text.withUTF8 { bytes in
            sentencePieceEncode(pointer, bytes.baseAddress, bytes.count, &ids, &count, &message)
        }
        guard succeeded else {
            throw Self.failure(taking: message)
        }
        defer { free(ids) }
        // On success the library has written `count` ids.
        return UnsafeBufferPointer(start: ids, count: count).map(Int.init)
    }

    func decode(_ ids: [Int32]) throws -> String {
        var text: UnsafeMutablePointer<CChar>?
        var count = 0
        var message: UnsafeMutablePointer<CChar>?
        guard sentencePieceDecode(pointer, ids, ids.count, &text, &count, &message) else {
            throw Self.failure(taking: message)
        }
        defer { free(text) }
        // On success the library has written `count` bytes.
        return String(decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
    }

    private static func failure(taking message: UnsafeMutablePointer<CChar>?) -> LibraryFailure {
        defer { free(message) }
        return LibraryFailure(reason: message.map { String(cString: $0) } ?? "out of memory")
    }
}
