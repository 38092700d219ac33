import CKernels

extension Tensor {
    /// Causal attention, softmax(scale·q·kᵀ)·v for each head, of sequences that each have keys and values of their
    /// own: [sequences, queries, heads·headWidth], as `self` is, the queries.
    ///
    /// Nothing is kept of the scores: they are computed for some queries of one head at a time, on as many threads as the
    /// budget allows, and never for keys that none of these sees.
    ///
    /// - Parameters:
    ///   - keys: [keys, keyValueHeads·headWidth] of each sequence, the last of them those of the queries' own tokens.
    ///   - values: as the keys.
    public func attended(
        over keys: [Tensor], values: [Tensor], layout: HeadLayout, reach: AttentionReach? = nil
    ) -> Tensor {
        let reach = reach ?? AttentionReach(headWidth: layout.headWidth)
        precondition(
            shape.count == 3 && keys.count == shape[0] && values.count == shape[0]
                && width == layout.heads * layout.headWidth, "attention of \(shape) over \(keys.count) sequences")
        let queries = shape[1]
        let result = Tensor(uninitialized: shape)
        let q = scaled(by: Scalar(reach.queryScale))
        let block = HeadBlock<Scalar>.queries
        let blocks = (queries + block - 1) / block
        let heads = layout.keyValueHeads
        WorkerTeam.run(parts: shape[0] * heads * blocks) { part in
            // The last queries see the most keys, so they come first.
            let (rest, head) = part.quotientAndRemainder(dividingBy: heads)
            let (block_, sequence) = (blocks - 1 - rest / shape[0], rest % shape[0])
            let range = block_ * block..<min((block_ + 1) * block, queries)
            HeadBlock(
                queries: q[sequence], keys: keys[sequence], values: values[sequence], layout: layout, keyHead: head,
                range: range, window: reach.window
            ).attend(into: result[sequence])
        }
        return result
    }
}

/// How attention over kept keys and values is divided.
public enum CachedAttention {
    /// How many neighbouring queries are computed together. Tokens that are read in parts, each of which begins at a
    /// multiple of this, have the same bits as read at once.
    public static let blockLength = 64
}

/// Some queries of the heads that share one key head, in one sequence.
private struct HeadBlock<Scalar: TensorScalar> {
    /// The most queries of a block: enough for products of matrices, few enough for their scores to stay in the caches.
    static var queries: Int { CachedAttention.blockLength }

    let queries, keys, values: Tensor<Scalar>
    let layout: HeadLayout
    let keyHead: Int
    let range: Range<Int>
    let window: Int?

    /// Writes the heads' part of `result` [queries, heads·headWidth].
    func attend(into result: Tensor<Scalar>) {
        let group = layout.heads / layout.keyValueHeads, width = layout.headWidth
        precondition(
            keys.shape == values.shape && keys.width == layout.keyValueHeads * width && keys.rows >= queries.rows,
            "keys of shape \(keys.shape) and values of shape \(values.shape) for \(queries.shape)")
        // The keys that some query of the block sees: up to the last one's own, and from where the first one's window begins.
        let end = keys.rows - queries.rows + range.upperBound
        let first = window.map { max(0, end - range.count + 1 - $0) } ?? 0, visible = end - first
        // Within bounds: a head's columns lie within its row, and rows are addressed below the counts just compared.
        let offset = first * keys.width + keyHead * width
        let k = keys.start + offset, v = values.start + offset
        if range.count == 1, Scalar.self == Float.self {
            attendSingly(group: group, keysFrom: offset, visible: visible, into: result)
            return
        }
        // The heads of the group one below the other, so that they are multiplied with the keys at once.
        let rows = group * range.count
        let q = Tensor<Scalar>(uninitialized: [rows, width]), mixed = Tensor<Scalar>(uninitialized: [rows, width])
        let scores = Tensor<Scalar>(uninitialized: [rows, visible]), p = Tensor<Scalar>(uninitialized: [rows, visible])
        forEachRow(group) { (q.start + $0 * width).update(from: queries.start + $1, count: width) }
        Gemm(
            transposesB: true, rows: rows, columns: visible, inner: width, a: q.start, strideA: width, b: k,
            strideB: keys.width, c: scores.start, strideC: visible
        ).run()
        Scalar.kernels.causalSoftmax(group, range.count, visible, window ?? visible, scores.start, p.start)
        Gemm(
            rows: rows, columns: width, inner: visible, a: p.start, strideA: visible, b: v, strideB: values.width,
            c: mixed.start, strideC: width
        ).run()
        forEachRow(group) { (result.start + $1).update(from: mixed.start + $0 * width, count: width) }
    }

    /// Calls `body` with the number of each query of each head of the group, and the place of the head's part in the
    /// query's row.
    private func forEachRow(_ group: Int, _ body: (Int, Int) -> Void) {
        for head in 0..<group {
            for query in range {
                body(
                    head * range.count + query - range.lowerBound,
                    query * queries.width + (keyHead * group + head) * layout.headWidth)
            }
        }
    }

    /// One query of each head of the group: too few rows for products of matrices.
    private func attendSingly(group: Int, keysFrom offset: Int, visible: Int, into result: Tensor<Scalar>) {
        let width = layout.headWidth, place = range.lowerBound * queries.width + keyHead * group * width
        let scores = Tensor<Scalar>(uninitialized: [group, visible])
        // The very type, so the memory is bound to it already.
        func floats(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Float> {
            UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Float.self)
        }
        let p = floats(scores.start)
        perk_row_dots(
            visible, width, floats(keys.start) + offset, keys.width, group, floats(queries.start) + place,
            width, 1, 0, p, visible)
        perk_causal_softmax_f32(group, 1, visible, visible, p, p)
        perk_row_mixtures(
            visible, width, floats(values.start) + offset, values.width, group, p, visible,
            floats(result.start) + place, width)
    }
}
