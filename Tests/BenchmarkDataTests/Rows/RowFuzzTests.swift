import BenchmarkDataSupport
import SeededRandom
import StrictJSON
import Testing

@testable import BenchmarkData

/// Rows that were damaged at random give rows or errors, and never end the program.
struct RowFuzzTests {
    /// What stands in JSON and in the formats' texts.
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\n", "\r", "\t", " ", "1", "-", "1e9", "null", "true", "...",
        "9223372036854775807", "\u{feff}", "é", "\nQuestion: ", " Answer:", "\"context\"", "\"answer\"", "\"data\"",
    ].map { Array($0.utf8) }

    private static func damage(_ bytes: inout [UInt8], using random: inout RandomSource) {
        for _ in 0..<random.integer(in: 1...4) where !bytes.isEmpty {
            let start = random.integer(in: 0...bytes.count - 1)
            let end = min(bytes.count, start + random.integer(in: 0...8))
            switch random.integer(in: 0...3) {
            case 0: bytes[start] = UInt8(random.integer(in: 0...255))
            case 1: bytes.removeSubrange(start..<end)
            case 2: bytes.insert(contentsOf: random.choice(of: pieces), at: start)
            default: bytes.insert(contentsOf: bytes[start..<end], at: random.integer(in: 0...bytes.count))
            }
        }
    }

    @Test func damagedRowsAreReadOrRefused() throws {
        var random = RandomSource(seed: 7)
        var (read, refused) = (0, 0)
        let deadline = ContinuousClock.now + .milliseconds(400)
        while ContinuousClock.now < deadline {
            let (format, json) = random.choice(of: SampleRows.all)
            var bytes = Array(json.utf8)
            Self.damage(&bytes, using: &random)
            do {
                let tree = try JSONReader.read(bytes, depthLimit: 32)
                _ = try? RowFormat.guess(from: tree)
                _ = try format.document(of: tree)
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 0 && refused > 0)
    }

    @Test func damagedStoriesAreReadOrRefused() throws {
        var random = RandomSource(seed: 8)
        var (read, refused) = (0, 0)
        for _ in 0..<4_000 {
            var bytes = Array("1 Ann left.\n2 Bo came.\n3 Who left?\tAnn\t1".utf8)
            Self.damage(&bytes, using: &random)
            do {
                _ = try QADocument(babiStory: bytes[...])
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 0 && refused > 0)
    }

    /// Whole files, in each layout: what is found in them can be asked for.
    @Test func damagedFilesAreReadOrRefused() throws {
        let row = #"{"context":"c","question":"q","answer":"a"}"#
        let paragraph = #"{"context":"c","qas":[{"id":"i","question":"q","answers":[{"text":"a"}]}]}"#
        let files = [
            "\(row)\n\(row)\n", "[\(row),\(row)]", "{\n\(row.dropFirst())\n{\n\(row.dropFirst())",
            #"{"data":[{"title":"t","paragraphs":[\#(paragraph),\#(paragraph)]}]}"#,
            "1 Ann left.\n2 Who left?\tAnn\t1\n1 Bo came.\n2 Who?\tBo\t1\n",
        ]
        var random = RandomSource(seed: 9)
        var (read, refused) = (0, 0)
        let deadline = ContinuousClock.now + .milliseconds(400)
        while ContinuousClock.now < deadline {
            var bytes = Array(random.choice(of: files).utf8)
            Self.damage(&bytes, using: &random)
            let file = try TemporaryRows(bytes, name: "rows.json")
            guard file.openingFailure() == nil else {
                refused += 1
                continue
            }
            for row in try file.rows() {
                if case .success = row { read += 1 } else { refused += 1 }
            }
        }
        #expect(read > 0 && refused > 0)
    }
}
