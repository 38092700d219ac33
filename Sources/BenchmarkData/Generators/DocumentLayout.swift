import SeededRandom

/// Facts in their order among filling pieces, up to a wanted number of tokens. A piece is a sentence, a record, an
/// interface: what stands in a document as one.
struct DocumentLayout<Piece: CustomStringConvertible> {
    let pieces: [Piece]
    /// The sum of the pieces' tokens, and that of the facts' among them.
    let tokens, factTokens: Int
    /// Where the relevant facts stand: the depth asked for, or their mean position; nil where none is relevant.
    let depth: Double?

    /// - Parameters:
    ///   - relevant: which of the facts the answer follows from. Where the settings have a depth they are to be
    ///     consecutive, with as many of the other facts before them as `GeneratorSettings.factsBefore` says.
    ///   - filler: draws one more piece. The last one drawn is not used: it is the one that did not fit.
    /// - Returns: nil where the facts alone are too long.
    init?(
        facts: [Piece], relevant: [Int], settings: GeneratorSettings, using random: inout RandomSource,
        filler: (inout RandomSource) -> Piece
    ) {
        func count(_ piece: Piece) -> Int { max(1, settings.tokens(piece.description)) }
        var tokens = 0
        for fact in facts {
            let cost = count(fact)
            // Compared before it is added: the sum never passes the length, whatever the count is.
            guard cost <= settings.length - tokens else { return nil }
            tokens += cost
        }
        factTokens = tokens
        var fillers: [Piece] = []
        while tokens < settings.length {
            let piece = filler(&random)
            let cost = count(piece)
            guard cost <= settings.length - tokens else { break }
            fillers.append(piece)
            tokens += cost
        }
        let total = facts.count + fillers.count
        let positions =
            if let depth = settings.depth, let first = relevant.first {
                Self.positions(facts: facts.count, block: first..<first + relevant.count, depth, total, &random)
            } else {
                Self.positions(of: facts.count, in: 0..<total, using: &random)
            }
        var pieces: [Piece] = []
        pieces.reserveCapacity(total)
        var fact = 0
        for position in 0..<total {
            if fact < facts.count, positions[fact] == position {
                pieces.append(facts[fact])
                fact += 1
            } else {
                pieces.append(fillers[position - fact])
            }
        }
        (self.pieces, self.tokens) = (pieces, tokens)
        let mean = Double(relevant.reduce(0) { $0 + positions[$1] }) / Double(max(1, relevant.count))
        depth = relevant.isEmpty ? nil : settings.depth ?? (total > 1 ? mean / Double(total - 1) : 0)
    }

    private static func positions(
        facts: Int, block: Range<Int>, _ depth: Double, _ count: Int, _ random: inout RandomSource
    ) -> [Int] {
        let start = Int((depth * Double(count - block.count)).rounded())
        return positions(of: block.lowerBound, in: 0..<start, using: &random)
            + Array(start..<start + block.count)
            + positions(of: facts - block.upperBound, in: start + block.count..<count, using: &random)
    }

    /// `count` different numbers of `range`, drawn evenly, in order.
    private static func positions(of count: Int, in range: Range<Int>, using random: inout RandomSource) -> [Int] {
        precondition(count <= range.count, "more facts than places for them")
        var positions: [Int] = []
        for position in range where positions.count < count {
            let left = range.upperBound - position
            if random.integer(in: 0...left - 1) < count - positions.count { positions.append(position) }
        }
        return positions
    }
}

extension GeneratorSettings {
    /// How many of the facts that are not relevant stand before those that are: as large a share of them as of the
    /// whole document, so that there is always room for them. Nil where no depth is asked for.
    func factsBefore(others: Int) -> Int? { depth.map { Int(($0 * Double(others)).rounded()) } }
}
