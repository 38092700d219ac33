import Digests
import Foundation

/// The documents of a file of rows. Rows that have a text and a data set in common are one document with all their
/// questions, in the place of the first.
public struct FileSource: DocumentSource {
    public let file: RowFile
    public let label: SourceLabel
    /// The SHA-256 digest of the file's bytes, in hexadecimal digits.
    public let digest: String
    /// The rows that are left out, each with what is wrong with it.
    public let leftOut: [RowError]
    private let badRows: BadRows
    private let documentRows: DocumentRows

    /// Reads the file once to find its documents. A row that cannot be read is a document of its own, unless it is left
    /// out.
    ///
    /// - Parameters:
    ///   - name: what people call it; the file's name unless given.
    ///   - badRows: what is done about rows that cannot be read; to `skip` leaves out those that cannot be scored too.
    /// - Throws: `RowError` where the file cannot be read, holds no rows, the first one is in no known format, or all are
    ///   left out.
    public init(
        path: String, format: RowFormat? = nil, name: String? = nil, badRows: BadRows = .stop
    ) throws(RowError) {
        try self.init(try RowFile(path: path, format: format), name: name, badRows: badRows)
    }

    public init(_ file: RowFile, name: String? = nil, badRows: BadRows = .stop) throws(RowError) {
        (self.file, self.badRows) = (file, badRows)
        label = SourceLabel(series: name ?? URL(fileURLWithPath: file.path).lastPathComponent)
        do {
            digest = try Digest(ofFileAt: file.path).hexadecimal
        } catch {
            throw RowError(file: file.path, line: nil, reason: "\(error)")
        }
        (documentRows, leftOut) = DocumentRows.find(in: file, badRows)
        guard documentRows.count > 0 else {
            throw RowError(file: file.path, line: nil, reason: "none of the \(file.count) rows can be used")
        }
    }

    public var identity: SourceIdentity {
        SourceIdentity(
            kind: "file", path: URL(fileURLWithPath: file.path).standardizedFileURL.path, digest: digest,
            settings: ["format": file.format.rawValue, "bad_rows": badRows == .skip ? "skip" : nil]
                .compactMapValues(\.self))
    }

    public var count: Int? { documentCount }

    /// How many documents there are, those included that cannot be read.
    public var documentCount: Int { documentRows.count }

    public func documents(from start: Int) -> any DocumentStream {
        FileDocuments(self, order: min(start, documentCount)..<documentCount)
    }

    /// Those behind the first `count`, in a random order.
    public func otherDocuments(than count: Int, seed: UInt64) -> any DocumentStream {
        guard documentCount > count else { return FileDocuments(self, order: 0..<0) }
        let order = RowOrder(count: documentCount - count, seed: seed)
        return FileDocuments(self, order: 0..<order.count) { count + order.index(ofDraw: $0) }
    }

    public func documents<Made>(first count: Int, _ make: (QADocument) throws -> Made) throws -> [Made] {
        try (0..<min(count, documentCount)).map { try document(at: $0, make) }
    }

    /// The document at `position`, from 0.
    ///
    /// - Throws: `RowError` that names the first of its rows that cannot be read.
    public func document(at position: Int) throws(RowError) -> QADocument {
        try document(at: position) { $0 }
    }

    /// What `make` makes of the document at `position`; an error of it is told as that of the document's first row.
    ///
    /// - Throws: `RowError`.
    public func document<Made>(at position: Int, _ make: (QADocument) throws -> Made) throws(RowError) -> Made {
        let rows = documentRows[position]
        var further: [QADocument] = []
        for row in rows.dropFirst() { further.append(try file.row(at: row)) }
        return try file.row(at: rows[rows.startIndex]) { first in
            var document = first.joined(with: further)
            document.metric = file.format.metric(document.fields.task)
            return try make(document)
        }
    }
}

extension QADocument {
    /// The document with the questions of others about the same text. A depth is kept where it is the same for all.
    fileprivate func joined(with others: [QADocument]) -> QADocument {
        guard !others.isEmpty else { return self }
        var fields = fields
        if !others.allSatisfy({ $0.fields.depth == fields.depth }) { fields.depth = nil }
        return QADocument(context: context, questions: questions + others.flatMap(\.questions), fields: fields)
    }
}

/// Which rows of a file make up each document, in the order of their first rows.
private struct DocumentRows: Sendable {
    /// The rows, document by document; where each document begins, and the end.
    private let rows, starts: [Int]

    /// The documents of a file, and the rows that are left out.
    static func find(in file: RowFile, _ badRows: BadRows) -> (DocumentRows, leftOut: [RowError]) {
        var documents: [Digest: Int] = [:]
        var kept: [(row: Int, owner: Int)] = []
        var sizes: [Int] = []
        var leftOut: [RowError] = []
        for row in 0..<file.count {
            let key: Digest?
            do throws(RowError) {
                key = try file.row(at: row) { document in
                    if badRows == .skip { try document.requireMetric(of: file.format) }
                    return document.contentDigest
                }
            } catch {
                guard badRows == .stop else {
                    leftOut.append(error)
                    continue
                }
                key = nil
            }
            let owner = key.flatMap { documents[$0] } ?? sizes.count
            if owner == sizes.count {
                sizes.append(0)
                if let key { documents[key] = owner }
            }
            sizes[owner] += 1
            kept.append((row, owner))
        }
        return (DocumentRows(kept, sizes: sizes), leftOut)
    }

    /// - Parameters:
    ///   - kept: each row with the document that it belongs to, in the order of the file.
    ///   - sizes: how many rows each document has.
    private init(_ kept: [(row: Int, owner: Int)], sizes: [Int]) {
        var ends = [0]
        for size in sizes { ends.append(ends[ends.count - 1] + size) }
        var next = ends
        var rows = [Int](repeating: 0, count: kept.count)
        for (row, owner) in kept {
            rows[next[owner]] = row
            next[owner] += 1
        }
        (self.rows, starts) = (rows, ends)
    }

    var count: Int { starts.count - 1 }

    subscript(document: Int) -> ArraySlice<Int> { rows[starts[document]..<starts[document + 1]] }
}

extension QADocument {
    /// - Throws: `UnscoredDocument` where the format has no rule to score it by.
    fileprivate func requireMetric(of format: RowFormat) throws(UnscoredDocument) {
        guard format.metric(fields.task) != nil else { throw UnscoredDocument(dataSet: fields.task) }
    }

    /// Of its text, in its segments, and its data set.
    fileprivate var contentDigest: Digest {
        let parts = [fields.task ?? ""] + (segments ?? [text])
        return Digest(of: Data(parts.map { "\($0.utf8.count) \($0)" }.joined().utf8))
    }
}

/// Documents of a file in some order. Those that cannot be read are passed over where the order is not the file's.
private struct FileDocuments: DocumentStream {
    private let source: FileSource
    private var rest: Range<Int>
    private let position: (@Sendable (Int) -> Int)?

    /// - Parameter position: the document that is drawn in a place; `nil` for the order of the file.
    init(_ source: FileSource, order: Range<Int>, position: (@Sendable (Int) -> Int)? = nil) {
        (self.source, rest, self.position) = (source, order, position)
    }

    mutating func next() throws -> QADocument? {
        while let place = rest.popFirst() {
            guard let position else { return try source.document(at: place) }
            if let document = try? source.document(at: position(place)) { return document }
        }
        return nil
    }
}
