import Foundation

/// A tiny GGUF model with an adapter, and how transformers and PEFT go on with a text (Fixtures/families).
struct TextFixture: Decodable {
    static let names = ["gguf-gpt2-f16", "gguf-llama-q8_0", "gguf-qwen2-f32"]

    static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    struct Continuation: Decodable {
        let ids: [Int]
        let text: String
    }

    let prompt: String
    let ids: [Int]
    let base, adapter: Continuation

    static func path(_ name: String, _ file: String = "model.gguf") -> String {
        fixtures.appendingPathComponent("families/\(name)/\(file)").path
    }

    init(_ name: String) throws {
        let file = URL(fileURLWithPath: Self.path(name, "text.json"))
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }
}
