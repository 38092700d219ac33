import Foundation
import Testing

@testable import BenchmarkData

/// Reads the sample rows that the paper's authors published, which are not part of the repository: the environment
/// variable PERK_SAMPLES names a folder with theirs in `babilong`, `longgorilla` and `student_records`.
struct PublishedSamplesTests {
    private static let folder = ProcessInfo.processInfo.environment["PERK_SAMPLES"]

    @Test(
        .enabled(if: folder != nil),
        arguments: [
            ("babilong", RowFormat.perkBabilong), ("longgorilla", .longGorilla), ("student_records", .studentRecords),
        ]) func samplesAreRead(subset: String, format: RowFormat) throws
    {
        let folder = URL(filePath: try #require(Self.folder)).appending(path: subset)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        #expect(!names.isEmpty)
        for name in names {
            let path = folder.appending(path: name).path
            let file = try RowFile(path: path)
            #expect(file.format == format)
            #expect(file.count == 1)
            let row = try file.row(at: 0)
            // The same, by Foundation's reader.
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any])
            let context = try #require((json["context"] ?? json["database"]) as? [Any])
            #expect(row.segments?.count == context.count)
            if let segments = context as? [String] { #expect(row.segments == segments) }
            let questions = (json["questions"] as? [Any])?.compactMap { $0 as? [String: Any] } ?? [json]
            #expect(row.questions.map(\.question) == questions.compactMap { $0["question"] as? String })
            #expect(row.questions.map(\.target) == questions.compactMap { $0["answer"] as? String })
            #expect(row.questions.first?.support == (json["support"] as? [String] ?? []))
        }
    }
}
