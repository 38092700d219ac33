import Foundation
import Testing

@testable import Tokenization

/// What a tokenizer.json may and may not ask for.
struct TokenizerJSONTests {
    private func reading(_ change: (inout [String: Any]) -> Void) throws -> ByteLevelTokenizer {
        var file = ByteLevelFixture.smallFile()
        change(&file)
        return try ByteLevelFixture.tokenizer(file)
    }

    private func model(_ changes: [String: Any], of file: inout [String: Any]) {
        let model = file["model"] as? [String: Any] ?? [:]
        file["model"] = model.merging(changes) { _, new in new }
    }

    private static var byteLevel: [String: Any] { ["type": "ByteLevel", "add_prefix_space": false] }

    @Test func preTokenizersAreRecognized() throws {
        let digits: [String: Any] = ["type": "Digits", "individual_digits": true]
        let withoutPattern = Self.byteLevel.merging(["use_regex": false]) { _, new in new }
        func split(_ preTokenizer: PreTokenizer) -> [String: Any] {
            ["type": "Split", "pattern": ["Regex": preTokenizer.pattern], "behavior": "Isolated", "invert": false]
        }
        let steps: [(PreTokenizer, [[String: Any]])] = [
            (.gpt2, [Self.byteLevel]), (.smolLM, [digits, Self.byteLevel]), (.qwen2, [split(.qwen2), withoutPattern]),
            (.gpt2, [split(.gpt2), withoutPattern]),
        ]
        for (expected, steps) in steps {
            var file = ByteLevelFixture.smallFile()
            file["pre_tokenizer"] = ["type": "Sequence", "pretokenizers": steps]
            let definition = try TokenizerJSON.definition(from: JSONSerialization.data(withJSONObject: file))
            #expect(definition.preTokenizer == expected)
        }
    }

    @Test func otherStepsAreRefusedByName() throws {
        let sequence: ([[String: Any]]) -> [String: Any] = { ["type": "Sequence", "pretokenizers": $0] }
        let split: [String: Any] = [
            "type": "Split", "pattern": ["Regex": "\\w+"], "behavior": "Isolated", "invert": false,
        ]
        let refusals: [(String, String, Any)] = [
            ("pre_tokenizer", "pre_tokenizer is none", NSNull()),
            ("pre_tokenizer", "pre_tokenizer.type is \"Whitespace\"", ["type": "Whitespace"]),
            ("pre_tokenizer", "pre_tokenizer.add_prefix_space", ["type": "ByteLevel", "add_prefix_space": true]),
            ("pre_tokenizer", "pre_tokenizer.add_prefix_space", ["type": "ByteLevel"]),
            (
                "pre_tokenizer", "pre_tokenizer.use_regex",
                ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false]
            ),
            ("pre_tokenizer", "pretokenizers[0].pattern", sequence([split, Self.byteLevel])),
            (
                "pre_tokenizer", "individual_digits",
                sequence([["type": "Digits", "individual_digits": false], Self.byteLevel])
            ),
            ("pre_tokenizer", "none that is known", sequence([split, split, Self.byteLevel])),
            ("normalizer", "normalizer.type is \"NFKC\"", ["type": "NFKC"]),
            (
                "normalizer", "normalizers[1].type",
                ["type": "Sequence", "normalizers": [["type": "NFC"], ["type": "Strip"]]]
            ),
            ("decoder", "decoder.type is \"WordPiece\"", ["type": "WordPiece"]),
            ("decoder", "no decoder", NSNull()),
            ("post_processor", "post_processor.type is \"BertProcessing\"", ["type": "BertProcessing"]),
            (
                "post_processor", "post_processor.single",
                [
                    "type": "TemplateProcessing",
                    "single": [["Sequence": ["id": "A"]], ["SpecialToken": ["id": "</s>"]]],
                ]
            ),
            ("surprise", "surprise is not a known setting", 1),
        ]
        for (key, reason, value) in refusals {
            expectUnsupported(reason) { $0[key] = value }
        }
    }

    @Test func otherModelsAreRefusedByName() throws {
        let refusals: [(String, Any, String)] = [
            ("type", "WordPiece", "model.type is \"WordPiece\""), ("dropout", 0.1, "model.dropout"),
            ("byte_fallback", true, "model.byte_fallback"),
            ("continuing_subword_prefix", "##", "continuing_subword_prefix"),
            ("end_of_word_suffix", "</w>", "end_of_word_suffix"), ("surprise", 1, "model.surprise"),
        ]
        for (key, value, reason) in refusals {
            expectUnsupported(reason) { model([key: value], of: &$0) }
        }
        let harmless: [String: Any] = [
            "dropout": 0, "byte_fallback": false, "continuing_subword_prefix": "", "end_of_word_suffix": NSNull(),
        ]
        let tokenizer = try reading { model(harmless, of: &$0) }
        #expect(try tokenizer.encode("ab") == [256])
    }

    @Test func mergesArePairsOrLines() throws {
        for merges: [Any] in [["a b"], [["a", "b"]]] {
            let tokenizer = try reading { model(["merges": merges], of: &$0) }
            #expect(try tokenizer.encode("abb") == [256, 98])
        }
    }

    @Test func templatesAddTheBeginning() throws {
        let tokenizer = try reading {
            $0["post_processor"] = [
                "type": "Sequence",
                "processors": [
                    Self.byteLevel,
                    [
                        "type": "TemplateProcessing", "pair": [] as [Any],
                        "single": [
                            ["SpecialToken": ["id": "ab", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]],
                        ],
                        "special_tokens": ["ab": ["id": "ab", "ids": [256], "tokens": ["ab"]]],
                    ],
                ],
            ]
        }
        #expect(tokenizer.addsBOS)
        #expect(tokenizer.bos == 256)
        #expect(tokenizer.eos == 257)
        #expect(try tokenizer.encode("a") == [97])
    }

    @Test func normalizerComposes() throws {
        let composing = try reading { $0["normalizer"] = ["type": "NFC"] }
        #expect(try composing.encode("e\u{301}") == [0xC3, 0xA9])
        let plain = try reading { $0["normalizer"] = NSNull() }
        #expect(try plain.encode("e\u{301}") == [0x65, 0xCC, 0x81])
    }

    private func expectUnsupported(_ reason: String, _ change: (inout [String: Any]) -> Void) {
        let error = #expect(throws: TokenizationError.self, "\(reason)") { try reading(change) }
        guard case .unsupported("small.json", let found)? = error else {
            Issue.record("\(String(describing: error)) instead of \(reason)")
            return
        }
        #expect(found.contains(reason), "\(found)")
    }
}
