import GRDB

/// Keeping the file within its bound.
extension Database {
    /// The size of the file once the free pages at its end are given back.
    func usedBytes() throws -> Int {
        try pragma("page_size") * (pragma("page_count") - pragma("freelist_count"))
    }

    func fileBytes() throws -> Int {
        try pragma("page_size") * pragma("page_count")
    }

    /// Drops adapters, the least recently used first, until the file fits into `cacheBytes` or only pinned documents
    /// and the adapter `id` are left.
    ///
    /// - Returns: How many adapters were dropped.
    func evict(toFit cacheBytes: Int, keeping id: Int64?) throws -> Int {
        var evictions = 0
        while try usedBytes() > cacheBytes {
            try execute(
                sql: """
                    DELETE FROM adapter WHERE id = (
                        SELECT id FROM adapter
                        WHERE id IS NOT ? AND document NOT IN (SELECT document FROM pin)
                        ORDER BY turn LIMIT 1)
                    """,
                arguments: [id])
            guard changesCount > 0 else { break }
            evictions += 1
        }
        return evictions
    }

    /// Gives free pages back to the file system.
    func releaseFreePages() throws {
        try execute(sql: "PRAGMA incremental_vacuum")
    }

    private func pragma(_ name: String) throws -> Int {
        try Int.fetchOne(self, sql: "PRAGMA \(name)") ?? 0
    }
}
