import Foundation

/// How the width of attention's queries, keys and values is divided into heads.
public struct HeadLayout: Sendable, Equatable {
    /// Query heads.
    public let heads: Int
    /// Key and value heads; each serves `heads / keyValueHeads` consecutive query heads (grouped-query attention).
    public let keyValueHeads: Int
    /// The width of one head.
    public let headWidth: Int

    public init(heads: Int, keyValueHeads: Int, headWidth: Int) {
        precondition(heads % keyValueHeads == 0, "\(heads) heads do not divide over \(keyValueHeads)")
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headWidth = headWidth
    }
}

/// How queries meet keys: how strongly, and how far back.
public struct AttentionReach: Sendable, Equatable {
    /// What queries are multiplied with.
    public let queryScale: Double
    /// The most keys that a query sees, its own token's among them; `nil` for all up to its own.
    public let window: Int?

    public init(queryScale: Double, window: Int? = nil) {
        precondition(window.map { $0 > 0 } ?? true, "a window of \(window ?? 0) keys")
        (self.queryScale, self.window) = (queryScale, window)
    }

    /// The scale headWidth^(-1/2) (Vaswani et al. 2017), and no window.
    public init(headWidth: Int) { self.init(queryScale: 1 / Double(headWidth).squareRoot()) }
}

// The three bilinear products of attention. Each one's derivatives are the other two. Heads lie side by side in a row,
// so every head is a strided matrix and nothing is rearranged in memory.
//   q, o: [sequences, queries, heads·headWidth]    k, v: [sequences, keys, keyValueHeads·headWidth]
//   p: [sequences, heads, queries, keys]
extension Tensor {
    /// p = q·kᵀ for each head.
    public static func attentionScores(_ q: Tensor, _ k: Tensor, _ layout: HeadLayout) -> Tensor {
        let (sequences, queries, keys) = (q.shape[0], q.shape[1], k.shape[1])
        layout.require(queryLike: q, keyLike: k)
        let result = Tensor(uninitialized: [sequences, layout.heads, queries, keys])
        layout.forEachHead(sequences, queries, keys) { query, key, matrix, _ in
            Gemm(
                transposesB: true, rows: queries, columns: keys, inner: layout.headWidth, a: q.start + query,
                strideA: layout.queryWidth, b: k.start + key, strideB: layout.keyWidth, c: result.start + matrix,
                strideC: keys
            ).run()
        }
        return result
    }

    /// o = p·v for each head.
    public static func attentionOutput(_ p: Tensor, _ v: Tensor, _ layout: HeadLayout) -> Tensor {
        let (sequences, queries, keys) = (p.shape[0], p.shape[2], p.shape[3])
        let result = Tensor(uninitialized: [sequences, queries, layout.queryWidth])
        layout.require(queryLike: result, keyLike: v)
        layout.forEachHead(sequences, queries, keys) { query, key, matrix, _ in
            Gemm(
                rows: queries, columns: layout.headWidth, inner: keys, a: p.start + matrix, strideA: keys,
                b: v.start + key, strideB: layout.keyWidth, c: result.start + query, strideC: layout.queryWidth
            ).run()
        }
        return result
    }

    /// v = pᵀ·o, summed over the query heads that share a key head.
    public static func transposedAttentionOutput(_ p: Tensor, _ o: Tensor, _ layout: HeadLayout) -> Tensor {
        let (sequences, queries, keys) = (p.shape[0], p.shape[2], p.shape[3])
        let result = Tensor(uninitialized: [sequences, keys, layout.keyWidth])
        layout.require(queryLike: o, keyLike: result)
        layout.forEachHead(sequences, queries, keys) { query, key, matrix, isFirst in
            // The first query head of a group writes its key head, the others add to it.
            Gemm(
                transposesA: true, rows: keys, columns: layout.headWidth, inner: queries, a: p.start + matrix,
                strideA: keys, b: o.start + query, strideB: layout.queryWidth, existing: isFirst ? 0 : 1,
                c: result.start + key, strideC: layout.keyWidth
            ).run()
        }
        return result
    }

    /// Rotary positions on [sequences, tokens, heads·headWidth], or their transpose.
    public func rotated(by rotation: Rotation<Scalar>, headWidth: Int, inverse: Bool = false) -> Tensor {
        precondition(
            shape.count == 3 && shape[2] % headWidth == 0
                && rotation.cosines.shape == [shape[1], headWidth / 2], "rotation of shape \(shape)")
        let result = Tensor(uninitialized: shape)
        Scalar.kernels.rotate(
            shape[0], shape[1], shape[2] / headWidth, headWidth, start, rotation.cosines.start, rotation.sines.start,
            inverse ? -1 : 1, result.start)
        return result
    }
}

/// The angles of rotary positions for some tokens (Su et al. 2021, in the rotate-half form).
public struct Rotation<Scalar: TensorScalar>: Sendable {
    /// [tokens, headWidth / 2]
    public let cosines, sines: Tensor<Scalar>

    /// The angles for `positions`.
    ///
    /// - Parameters:
    ///   - frequencies: the angle by which each pair turns per position, [headWidth / 2].
    ///   - magnitude: what the pairs are multiplied with besides.
    public init(positions: some Collection<Int>, frequencies: [Double], magnitude: Double = 1) {
        let angles = positions.flatMap { position in frequencies.map { Double(position) * $0 } }
        let shape = [positions.count, frequencies.count]
        cosines = Tensor(angles.map { Scalar(magnitude * cos($0)) }, shape: shape)
        sines = Tensor(angles.map { Scalar(magnitude * sin($0)) }, shape: shape)
    }
}

extension HeadLayout {
    fileprivate var queryWidth: Int { heads * headWidth }
    fileprivate var keyWidth: Int { keyValueHeads * headWidth }

    fileprivate func require<Scalar>(queryLike q: Tensor<Scalar>, keyLike k: Tensor<Scalar>) {
        precondition(
            q.shape.count == 3 && k.shape.count == 3 && q.shape[0] == k.shape[0] && q.width == queryWidth
                && k.width == keyWidth, "heads \(self) of shapes \(q.shape) and \(k.shape)")
    }

    /// Calls `body` with the offsets, in elements, of each head's first query, first key, and [queries, keys] matrix, and
    /// whether it is the first of the heads that share its key head. These come one after the other; the groups are spread
    /// over threads.
    fileprivate func forEachHead(
        _ sequences: Int, _ queries: Int, _ keys: Int, _ body: (Int, Int, Int, Bool) -> Void
    ) {
        let group = heads / keyValueHeads
        WorkerTeam.run(parts: sequences * keyValueHeads) { part in
            let (sequence, shared) = (part / keyValueHeads, part % keyValueHeads)
            for head in shared * group..<(shared + 1) * group {
                body(
                    sequence * queries * queryWidth + head * headWidth,
                    sequence * keys * keyWidth + shared * headWidth,
                    (sequence * heads + head) * queries * keys, head == shared * group)
            }
        }
    }
}
