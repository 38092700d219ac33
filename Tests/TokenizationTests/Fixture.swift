import Foundation
import Tokenization

/// The small vocabulary of Fixtures/tokenizer-test, see make.sh there.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/tokenizer-test")

    static let modelPath = folder.appendingPathComponent("test.model").path

    static func tokenizer() throws -> SentencePieceTokenizer {
        try SentencePieceTokenizer(path: modelPath)
    }

    static func model() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: modelPath))
    }

    static func lines(_ name: String) throws -> [String] {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// The model with the first occurrence of a piece's text overwritten by another of the same length.
    static func model(replacing piece: String, with other: String) throws -> Data {
        var model = try model()
        if let range = model.range(of: Data(piece.utf8)) {
            model.replaceSubrange(range, with: Data(other.utf8))
        }
        return model
    }

    /// Runs `body` with the path of a file holding `bytes`.
    static func withFile<Result>(holding bytes: Data, _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).model")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }
}
