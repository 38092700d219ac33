import SeededRandom

/// Documents of several sources, each drawn from one of them by chance, in proportion to their weights.
public struct MixtureSource: DocumentSource {
    public struct Part: Sendable {
        /// Above 0.
        public let weight: Double
        public let source: any DocumentSource

        public init(weight: Double, source: any DocumentSource) { (self.weight, self.source) = (weight, source) }
    }

    public let parts: [Part]
    public let label: SourceLabel
    private let seed, stream: UInt64

    /// - Parameters:
    ///   - parts: at least one.
    ///   - stream: of the random numbers that parts are drawn with.
    public init(
        _ parts: [Part], seed: UInt64, stream: UInt64 = 0, label: SourceLabel = SourceLabel(series: "mixture")
    ) {
        precondition(!parts.isEmpty, "a mixture has a part")
        (self.parts, self.seed, self.stream, self.label) = (parts, seed, stream, label)
    }

    public var identity: SourceIdentity {
        SourceIdentity(
            kind: "mixture",
            settings: Recorded(
                weights: parts.map(\.weight), sources: parts.map(\.source.identity), seed: seed, stream: stream))
    }

    private struct Recorded: Encodable {
        let weights: [Double]
        let sources: [SourceIdentity]
        let seed, stream: UInt64
    }

    public var count: Int? { nil }

    public func documents(from start: Int) throws -> any DocumentStream {
        try MixedDocuments(
            weights: parts.map(\.weight), streams: parts.map { try $0.source.documents() },
            random: RandomSource(seed: seed, stream: stream)
        ).dropFirst(start)
    }

    public func otherDocuments(than count: Int, seed: UInt64) throws -> any DocumentStream {
        MixedDocuments(
            weights: parts.map(\.weight),
            streams: try parts.map { try $0.source.otherDocuments(than: count, seed: seed) },
            random: RandomSource(seed: seed &+ Self.seedOfOthers, stream: stream))
    }

    /// Which part the next document comes from.
    public static func place(in weights: [Double], using random: inout RandomSource) -> Int {
        var rest = random.uniform() * weights.reduce(0, +)
        for (place, weight) in weights.dropLast().enumerated() {
            rest -= weight
            if rest < 0 { return place }
        }
        return weights.count - 1
    }
}

/// A mixture ends where the part whose turn it is has no more documents.
private struct MixedDocuments: DocumentStream {
    let weights: [Double]
    var streams: [any DocumentStream]
    var random: RandomSource

    mutating func next() throws -> QADocument? {
        try streams[MixtureSource.place(in: weights, using: &random)].next()
    }
}
