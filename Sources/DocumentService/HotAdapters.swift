import AdapterStore
import LanguageModel
import ModelFiles
import Synchronization
import Tensors

/// The adapters that were asked for last, parsed, in front of the store that keeps them all.
///
/// What is found here is what the store would give at this moment: each time the store is asked whether it still has the
/// same saving under the key, which costs a look into an index, and notices what another process has removed, evicted or
/// replaced. Only damage to the file's bytes is not noticed while their adapter stays here. Several threads may ask at
/// once; those that meet a document which is not here read it side by side.
final class HotAdapters: Sendable {
    struct Entry: Sendable {
        let adapter: Adapter<Tensor<Float>>
        /// The number of the document's segments.
        let segments: Int
        fileprivate let revision: Int64

        fileprivate var bytes: Int {
            adapter.tensors.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride
        }
    }

    fileprivate struct State {
        var entries: [AdapterKey: (entry: Entry, turn: Int)] = [:]
        var bytes = 0
        var turn = 0
    }

    private let store: AdapterStore
    private let layout: AdapterLayout
    /// The most bytes of parsed adapters; one that is larger is not kept.
    private let byteLimit: Int
    private let state = Mutex(State())

    init(store: AdapterStore, layout: AdapterLayout, byteLimit: Int) {
        self.store = store
        self.layout = layout
        self.byteLimit = byteLimit
    }

    /// What is here at the moment.
    var keys: Set<AdapterKey> { state.withLock { Set($0.entries.keys) } }

    /// The adapter that the store keeps under `key`, or nil where there is none. Counts as a use of it.
    ///
    /// - Throws: `AdapterStoreError`, or an error of the adapter's bytes.
    func adapter(for key: AdapterKey) throws -> Entry? {
        if let entry = state.withLock({ $0.entry(for: key) }) {
            if try store.reuse(key, revision: entry.revision) { return entry }
            forget(key)
        }
        guard let stored = try store.adapter(for: key) else { return nil }
        let file = try SafeTensorsFile(data: stored.bytes, file: "the adapter of \(key.document)")
        let entry = Entry(
            adapter: try Adapter(reading: file, layout: layout), segments: stored.document.segments,
            revision: stored.revision)
        state.withLock { $0.insert(entry, for: key, byteLimit: byteLimit) }
        return entry
    }

    func forget(_ key: AdapterKey) {
        state.withLock { $0.remove(key) }
    }
}

extension HotAdapters.State {
    mutating func entry(for key: AdapterKey) -> HotAdapters.Entry? {
        turn += 1
        entries[key]?.turn = turn
        return entries[key]?.entry
    }

    mutating func insert(_ entry: HotAdapters.Entry, for key: AdapterKey, byteLimit: Int) {
        remove(key)
        guard entry.bytes <= byteLimit else { return }
        while bytes + entry.bytes > byteLimit, let oldest = entries.min(by: { $0.value.turn < $1.value.turn }) {
            remove(oldest.key)
        }
        turn += 1
        entries[key] = (entry, turn)
        bytes += entry.bytes
    }

    mutating func remove(_ key: AdapterKey) {
        if let removed = entries.removeValue(forKey: key) { bytes -= removed.entry.bytes }
    }
}
