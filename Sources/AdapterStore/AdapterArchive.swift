import Digests
import Foundation

/// A learned document in a file of its own, to be taken to another store.
///
/// A line of JSON tells what the store tells of it; the adapter's bytes follow, and those of the compressed text where it
/// is kept. The checksum in the line is that of the store.
public struct AdapterArchive: Equatable, Sendable {
    public let document: StoredDocument
    public let adapter: Data
    let text: CompressedText?

    /// The line of JSON.
    private struct Heading: Codable {
        var version = 1
        let document, modelDigest, checksum: String
        let name: String?
        let tokens, segments: Int
        let losses: [Double]
        let baseLoss: Double?
        /// Seconds since 1970.
        let created: Double
        let adapterBytes: Int
        /// The length of the text in UTF-8; nil where it is not kept.
        let textBytes: Int?
    }

    init(document: StoredDocument, adapter: Data, text: CompressedText?) {
        (self.document, self.adapter, self.text) = (document, adapter, text)
    }

    /// The file's bytes.
    public func serialized() throws -> Data {
        let heading = Heading(
            document: document.key.document.description, modelDigest: document.key.modelDigest.hexadecimal,
            checksum: document.checksum(of: adapter).hexadecimal, name: document.name, tokens: document.tokens,
            segments: document.segments, losses: document.losses, baseLoss: document.baseLoss,
            created: document.created.timeIntervalSince1970, adapterBytes: adapter.count, textBytes: text?.textBytes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(heading) + Data("\n".utf8) + adapter + (text?.bytes ?? Data())
    }

    /// Reads a file's bytes.
    ///
    /// - Parameter path: what errors call the file.
    /// - Throws: ``AdapterStoreError/damagedArchive(path:reason:)``.
    public init(reading data: Data, path: String) throws(AdapterStoreError) {
        func damaged(_ reason: String) -> AdapterStoreError { .damagedArchive(path: path, reason: reason) }
        guard let end = data.firstIndex(of: UInt8(ascii: "\n")),
            let heading = try? JSONDecoder().decode(Heading.self, from: data[..<end]),
            let document = try? DocumentIdentifier(parsing: heading.document),
            let modelDigest = try? Digest(parsing: heading.modelDigest)
        else { throw damaged("its first line does not describe one") }
        guard heading.version == 1 else { throw damaged("its version is \(heading.version), and this program reads 1") }
        let rest = Data(data[(end + 1)...])
        guard heading.adapterBytes >= 0, heading.adapterBytes <= rest.count else { throw damaged("it is cut off") }
        adapter = Data(rest.prefix(heading.adapterBytes))
        let created = Date(timeIntervalSince1970: heading.created)
        self.document = StoredDocument(
            key: AdapterKey(document: document, modelDigest: modelDigest), name: heading.name,
            tokens: heading.tokens, segments: heading.segments, losses: heading.losses, baseLoss: heading.baseLoss,
            bytes: heading.adapterBytes, isPinned: false, created: created, lastUsed: created)
        text = heading.textBytes.map {
            CompressedText(bytes: Data(rest.dropFirst(heading.adapterBytes)), textBytes: $0)
        }
        guard self.document.checksum(of: adapter).hexadecimal == heading.checksum else {
            throw damaged("its checksum does not match")
        }
        guard text.map({ $0.text(of: document) != nil }) ?? (rest.count == heading.adapterBytes) else {
            throw damaged("its text is not that of the document")
        }
    }
}
