import Foundation

/// Where documents with questions come from: generators, files, mixtures of both.
///
/// What reads documents, an evaluation, a training run or a calibration, knows sources by this protocol alone; a further
/// kind is a file of its own.
public protocol DocumentSource: Sendable {
    /// What tells its documents from those of every other source.
    var identity: SourceIdentity { get }
    /// What people call it.
    var label: SourceLabel { get }
    /// How many documents there are; `nil` where they are drawn without end.
    var count: Int? { get }

    /// Its documents from the one at `start`, counted from 0, on; the same ones each time.
    ///
    /// - Throws: an error that names what documents cannot be drawn with.
    func documents(from start: Int) throws -> any DocumentStream

    /// Documents like these that have nothing of the first `count` in them; those that cannot be read are passed over.
    ///
    /// - Parameter seed: of the order in which they come.
    /// - Throws: an error that names what documents cannot be drawn with.
    func otherDocuments(than count: Int, seed: UInt64) throws -> any DocumentStream

    /// What `make` makes of the first `count` documents, or of all where there are fewer. Sources of rows tell an error of
    /// it as that of the row.
    ///
    /// - Throws: an error for a document that cannot be drawn or read, or what `make` throws.
    func documents<Made>(first count: Int, _ make: (QADocument) throws -> Made) throws -> [Made]
}

extension DocumentSource {
    /// All its documents.
    ///
    /// - Throws: an error that names what documents cannot be drawn with.
    public func documents() throws -> any DocumentStream { try documents(from: 0) }

    public func documents<Made>(first count: Int, _ make: (QADocument) throws -> Made) throws -> [Made] {
        try documents().prefix(count).map(make)
    }

    /// Far from the seeds that are likely to be used for evaluations.
    static var seedOfOthers: UInt64 { 0x0DD0_0FF5_E700_0000 }
}

/// Documents one after the other.
public protocol DocumentStream: Sendable {
    /// The next document, with the rule that its answers are scored by; `nil` behind the last.
    ///
    /// - Throws: an error for a document that cannot be drawn or read; the next call gives the one behind it.
    mutating func next() throws -> QADocument?
}

extension DocumentStream {
    /// The stream behind so many documents.
    func dropFirst(_ count: Int) throws -> Self {
        var rest = self
        for _ in 0..<count { _ = try rest.next() }
        return rest
    }

    /// The next `count` documents, fewer where there are no more.
    ///
    /// - Throws: what drawing or reading them throws.
    public func prefix(_ count: Int) throws -> [QADocument] {
        var rest = self
        var documents: [QADocument] = []
        while documents.count < count, let document = try rest.next() { documents.append(document) }
        return documents
    }
}

/// What tells the documents of a source from those of every other, as it stands in records.
public struct SourceIdentity: Hashable, Codable, Sendable {
    /// The kind of source: a task's name, or `file`.
    public let kind: String
    /// The absolute path of a file.
    public let path: String?
    /// The SHA-256 digest of a file's bytes, or of the text that documents are made of, in hexadecimal digits.
    public let digest: String?
    /// All else that decides the documents, as JSON with its keys in order.
    public let settings: String?

    /// - Parameter settings: values of JSON alone, which can always be encoded.
    init(kind: String, path: String? = nil, digest: String? = nil, settings: (some Encodable)?) {
        (self.kind, self.path, self.digest) = (kind, path, digest)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.settings = settings.map { value in
            guard let data = try? encoder.encode(value) else { preconditionFailure("\(value) is no JSON") }
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// What people call a source, and what its figures are plotted over. It is written, never read back.
public struct SourceLabel: Hashable, Sendable {
    /// What sources that differ in the other properties alone have in common: `qa1, wide world`, a file's name.
    public var series: String
    /// The wanted tokens of a document, where it was the same for all.
    public var length: Int?
    /// Where the relevant facts stand, from 0 to 1, where that was the same for all.
    public var depth: Double?
    /// How much is stated, where that was the same for all: people, keys, values, events.
    public var facts: Int?
    /// What `facts` counts.
    public var unit = "facts"

    public init(
        series: String, length: Int? = nil, depth: Double? = nil, facts: Int? = nil, unit: String = "facts"
    ) {
        (self.series, self.length, self.depth, self.facts, self.unit) = (series, length, depth, facts, unit)
    }

    /// The series with what sets the source apart: `qa1, 1024 tokens, depth 0.5`.
    public var name: String {
        [
            series.isEmpty ? nil : series, length.map { "\($0) tokens" }, depth.map { "depth \($0)" },
            facts.map { "\($0) \(unit)" },
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// The names of files with as much of their folders as tells them apart: `qa_1/validation.jsonl`.
    public static func names(ofFiles paths: [String]) -> [String] {
        let components = paths.map { URL(fileURLWithPath: $0).standardizedFileURL.pathComponents }
        return components.map { own in
            let others = components.filter { $0 != own }
            let length = (1...own.count).first { length in
                others.allSatisfy { $0.suffix(length) != own.suffix(length) }
            }
            return NSString.path(withComponents: Array(own.suffix(length ?? own.count)))
        }
    }
}
