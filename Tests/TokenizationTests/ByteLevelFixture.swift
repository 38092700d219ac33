import Foundation
import Testing

@testable import Tokenization

/// The small byte-level vocabularies of Fixtures/tokenizers, see record.py there.
enum ByteLevelFixture {
    static let names = ["gpt2", "smollm", "qwen2", "flags"]

    static let folder = Fixture.folder.deletingLastPathComponent().appendingPathComponent("tokenizers")

    static func file(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
    }

    static func tokenizer(_ name: String) throws -> ByteLevelTokenizer {
        try ByteLevelTokenizer(serialized: file(name), source: "\(name).json", eos: 0)
    }

    static func recorded(_ name: String) throws -> Recorded {
        try Recorded(path: folder.appendingPathComponent("\(name).recorded.json").path)
    }

    /// A tokenizer.json of the 256 bytes (ids by byte), "ab" (256) and an end token (257), as a dictionary to change.
    static func smallFile() -> [String: Any] {
        var vocabulary: [String: Any] = ["ab": 256]
        for (byte, character) in ByteAlphabet.characters.enumerated() { vocabulary[String(character)] = byte }
        let end: [String: Any] = [
            "id": 257, "content": "</s>", "special": true, "normalized": false, "lstrip": false, "rstrip": false,
            "single_word": false,
        ]
        return [
            "added_tokens": [end],
            "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false],
            "decoder": ["type": "ByteLevel"],
            "model": ["type": "BPE", "vocab": vocabulary, "merges": ["a b"]],
        ]
    }

    static func tokenizer(_ file: [String: Any]) throws -> ByteLevelTokenizer {
        try ByteLevelTokenizer(serialized: JSONSerialization.data(withJSONObject: file), source: "small.json")
    }
}

/// What the tokenizers library made of some texts.
struct Recorded: Decodable {
    let texts: [String]
    let ids: [[Int]]
    /// The ids of texts, by index, in which special tokens were parsed, where they differ.
    let parsed: [String: [Int]]

    init(path: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The texts that a tokenizer encodes otherwise, with special tokens as plain text or parsed.
    func mismatches(_ tokenizer: any Tokenizer, parsing: Bool = true) throws -> [String] {
        try texts.indices.filter { index in
            guard try tokenizer.encode(texts[index]) == ids[index] else { return true }
            let parsed = parsed[String(index)] ?? ids[index]
            return try parsing && tokenizer.encode(texts[index], parsingSpecialTokens: true) != parsed
        }.map { texts[$0] }
    }
}
