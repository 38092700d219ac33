import Foundation
import TinyModels

/// SmolLM2-135M-Instruct in a GGUF file, and values that transformers computed with it (Fixtures/smollm2).
struct RealModel: Decodable {
    /// The file, where the environment variable `PERK_TEST_SMOLLM2` names it; `make test-model` does.
    static let path = ProcessInfo.processInfo.environment["PERK_TEST_SMOLLM2"] ?? ""

    struct Prompt: Decodable {
        let text: String
        let ids: [Int]
        /// What greedy search adds, without an ending token.
        let greedy: [Int]
        /// Whether an ending token came then.
        let ended: Bool
    }

    struct Paragraph: Decodable {
        let ids: [Int]
        let perplexity: Double
    }

    let prompts: [Prompt]
    let paragraph: Paragraph

    static func reference() throws -> RealModel {
        try JSONDecoder().decode(
            RealModel.self, from: Data(contentsOf: TinyModel.fixtures.appending(path: "smollm2/reference.json")))
    }
}
