import Foundation

/// A file of rows that is removed when it is let go of.
package final class TemporaryRows {
    package let folder = URL.temporaryDirectory.appending(path: UUID().uuidString)
    package let path: String

    package init(_ bytes: [UInt8], name: String = "train.jsonl") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        path = file.path
        try Data(bytes).write(to: file)
    }

    package convenience init(_ text: String, name: String = "train.jsonl") throws {
        try self.init(Array(text.utf8), name: name)
    }

    deinit {
        // The system clears its temporary folder anyway.
        try? FileManager.default.removeItem(at: folder)
    }
}

/// What an independent implementation of a measure recorded.
package func metricsFixture(_ name: String) throws -> Data {
    let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/metrics/\(name)")
    return try Data(contentsOf: file)
}
