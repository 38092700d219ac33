import Foundation
import Testing

@testable import Tokenization

struct DamagedTokenizerJSONTests {
    private func expectDamaged(_ text: some Collection<UInt8>, _ reason: String = "") {
        let error = #expect(throws: TokenizationError.self, "\(reason)") {
            try ByteLevelTokenizer(serialized: Data(text), source: "damaged.json")
        }
        guard case .damaged("damaged.json", let found)? = error else {
            Issue.record("\(String(describing: error)) instead of \(reason)")
            return
        }
        #expect(reason.isEmpty || found.contains(reason), "\(found)")
    }

    private func small() throws -> String {
        let data = try JSONSerialization.data(withJSONObject: ByteLevelFixture.smallFile(), options: .sortedKeys)
        return String(decoding: data, as: UTF8.self)
    }

    private func expectDamaged(replacing text: String, with other: String, _ reason: String) throws {
        let small = try small()
        try #require(small.utf8.count > 1000)
        let changed = small.replacingOccurrences(of: text, with: other)
        #expect(!changed.utf8.elementsEqual(small.utf8), "nothing to replace: \(text)")
        expectDamaged(changed.utf8, reason)
    }

    @Test func theUndamagedFileIsRead() throws {
        let tokenizer = try ByteLevelTokenizer(serialized: Data(small().utf8), source: "small.json")
        #expect(try tokenizer.encode("cab") == [99, 256])
        #expect(tokenizer.eos == 257)
    }

    @Test func truncatedFilesAreDamaged() throws {
        let file = try ByteLevelFixture.file("flags")
        let text = try #require(file.lastIndex(of: UInt8(ascii: "}")))
        for length in stride(from: 0, through: text, by: 7) { expectDamaged(file.prefix(length)) }
    }

    @Test(arguments: [
        "", " ", "nul", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "1.", "-", "1e", "\"\\x\"", "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\u{1}\"", "{} {}", "\u{FEFF}{}", "tru", "'a'", "[1 2]", "+1", "NaN",
    ])
    func otherTextIsDamaged(_ text: String) {
        expectDamaged(text.utf8)
    }

    @Test func invalidUTF8IsDamaged() throws {
        for bytes: [UInt8] in [
            [0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80],
        ] {
            expectDamaged([UInt8]("{\"".utf8) + bytes + "\":1}".utf8, "invalid UTF-8")
            expectDamaged([UInt8]("{\"\\n".utf8) + bytes + "\":1}".utf8, "invalid UTF-8")
        }
    }

    @Test func deepNestingIsDamaged() {
        for bracket in ["[", "{\"a\":"] {
            expectDamaged(String(repeating: bracket, count: 1_000_000).utf8, "nested more than 64 deep")
        }
    }

    @Test func missingAndMistypedMembersAreNamed() throws {
        expectDamaged("{}".utf8, "model is missing")
        expectDamaged("[]".utf8, "the file is not an object")
        expectDamaged("{\"model\":{}, \"model\":{}}".utf8, "model occurs twice")
        try expectDamaged(replacing: "\"merges\":[\"a b\"],", with: "", "model.merges is missing")
        try expectDamaged(replacing: "\"merges\":[\"a b\"]", with: "\"merges\":7", "model.merges is not an array")
        try expectDamaged(replacing: "\"a b\"", with: "\"ab\"", "model.merges[0] is not a pair of tokens")
        try expectDamaged(replacing: "\"a b\"", with: "[\"a\"]", "model.merges[0] is not a pair of tokens")
        try expectDamaged(replacing: "\"a b\"", with: "null", "model.merges[0] is not a pair of tokens")
        try expectDamaged(
            replacing: "\"special\":true", with: "\"special\":1", "added_tokens[0].special is not true or false")
        try expectDamaged(replacing: "\"special\":true", with: "\"spacial\":true", "added_tokens[0].special is missing")
        try expectDamaged(replacing: "\"ab\":256", with: "\"ab\":\"256\"", "the id of \"ab\" is not a whole number")
        try expectDamaged(replacing: "\"content\":\"<\\/s>\"", with: "\"content\":\"\"", "added_tokens[0] is empty")
    }

    @Test func tokensThatDoNotFitTogetherAreNamed() throws {
        for id in ["16777216", "1000000000", "-1", "9223372036854775807", "1e30", "0.5"] {
            try expectDamaged(replacing: "\"ab\":256", with: "\"ab\":\(id)", "the id of \"ab\" is")
        }
        try expectDamaged(replacing: "\"ab\":256", with: "\"ab\":97", "both have the id 97")
        try expectDamaged(replacing: "\"ab\":256", with: "\"ab\":257", "both have the id 257")
        try expectDamaged(replacing: "\"ab\":256", with: "\"a\":256", "are both \"a\"")
        try expectDamaged(replacing: "\"a b\"", with: "\"a c\"", "merge 0 needs \"ac\"")
        try expectDamaged(replacing: "\"a b\"", with: "\"☃ b\"", "merge 0 needs \"☃b\"")
        try expectDamaged(replacing: "\"id\":257", with: "\"id\":300", "added_tokens[0].id is 300 where 257")
        try expectDamaged(replacing: "\"<\\/s>\"", with: "\"ab\"", "added_tokens[0].id is 257 where 256")
    }

    /// One changed byte is refused, or leaves a tokenizer that works; it never takes the process down.
    @Test func changedBytesNeverTrap() throws {
        let file = try [UInt8](ByteLevelFixture.file("flags"))
        let texts = try ByteLevelFixture.recorded("flags").texts
        var refused = 0
        for position in stride(from: 0, to: file.count, by: 5) {
            var damaged = file
            damaged[position] ^= 1 << UInt8(position % 8)
            do {
                let tokenizer = try ByteLevelTokenizer(serialized: Data(damaged), source: "damaged.json", eos: 0)
                let tokens = try tokenizer.encode(texts[position % texts.count], parsingSpecialTokens: true)
                _ = try tokenizer.decode(tokens, showingSpecialTokens: true)
            } catch is TokenizationError {
                refused += 1
            }
        }
        #expect(refused > 100)
    }
}
