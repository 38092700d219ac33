import ArgumentParser

/// A number of bytes, such as `500MB`, `4GiB` or `1000000`.
struct ByteCount: ExpressibleByArgument, Equatable {
    let bytes: Int

    /// Powers of 1000, and of 1024, as in the standard IEC 80000-13.
    private static let units: [(name: String, bytes: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ]

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let unit = Self.units.first { argument.lowercased().hasSuffix($0.name.lowercased()) }
        let number = argument.dropLast(unit?.name.count ?? 0)
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let count = Double(number) else {
            return nil
        }
        let bytes = count * Double(unit?.bytes ?? 1)
        // Every number of bytes below 2⁵³ has a Double of its own.
        guard bytes < 0x1p53, bytes == bytes.rounded() else { return nil }
        self.bytes = Int(bytes)
    }

    var defaultValueDescription: String {
        let unit = Self.units.filter { bytes > 0 && bytes % $0.bytes == 0 }.max { $0.bytes < $1.bytes }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes)"
    }
}
