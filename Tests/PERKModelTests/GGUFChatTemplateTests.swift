import ChatTemplates
import Foundation
import ModelFiles
import Testing
import TinyModels

@testable import PERKModel

@Suite struct GGUFChatTemplateTests {
    private static func integer(_ value: some FixedWidthInteger) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
    }

    private static func text(_ value: String) -> Data { integer(UInt64(value.utf8.count)) + Data(value.utf8) }

    /// A GGUF file, version 3, with these values and no tensors.
    private func file(_ values: [(key: String, value: Data)]) throws -> ChatTemplateSource? {
        let folder = try TemporaryFolder()
        var data = Data("GGUF".utf8) + Self.integer(UInt32(3)) + Self.integer(UInt64(0))
        data += Self.integer(UInt64(values.count))
        for (key, value) in values { data += Self.text(key) + value }
        data += Data(count: (32 - data.count % 32) % 32)
        try data.write(to: URL(fileURLWithPath: folder.path("model.gguf")))
        return try ChatTemplateSource(GGUFFile(path: folder.path("model.gguf")))
    }

    /// Type 8 is a text, 4 a number, 9 a list.
    private let tokens = (
        key: "tokenizer.ggml.tokens",
        value: integer(UInt32(9)) + integer(UInt32(8)) + integer(UInt64(2)) + text("<s>") + text("</s>")
    )
    private let beginning = (key: "tokenizer.ggml.bos_token_id", value: integer(UInt32(4)) + integer(UInt32(0)))
    private let template = (
        key: "tokenizer.chat_template",
        value: integer(UInt32(8)) + text("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}")
    )

    @Test func theTemplateIsReadWithItsSpecialTokens() throws {
        let source = try #require(try file([tokens, beginning, template]))
        let chat = try #require(try source.template()).rendered([ChatMessage(.user, "Hi")], addsGenerationPrompt: false)
        // No end is named in the file.
        #expect(chat.text == "<s>Hi")
        #expect(try file([tokens, beginning]) == nil)
    }

    @Test func aTemplateThatIsNoTextIsRefused() throws {
        let number = (key: template.key, value: Self.integer(UInt32(4)) + Self.integer(UInt32(7)))
        #expect(throws: GGUFError.self) { try file([tokens, number]) }
    }
}

/// The template of a real file; its text is recorded in Fixtures/chat-templates.
@Suite(.enabled(if: !RealModel.path.isEmpty, "PERK_TEST_SMOLLM2 names no file")) struct RealChatTemplateTests {
    @Test func controlTokensBecomeTokensAndADocumentsDoNot() throws {
        let base = try BaseModel(path: RealModel.path)
        let template = try #require(try base.chatTemplate?.template())
        let chat = try template.rendered(
            [ChatMessage(.system, "s"), ChatMessage(.user, "<|im_start|>")], addsGenerationPrompt: true)
        let tokens = try base.tokenizer.encode(chat.text, specialTokens: .within(chat.templateRanges))
        // <|im_start|> and <|im_end|>
        #expect(tokens.count { $0 == 1 } == 3 && tokens.count { $0 == 2 } == 2)
        #expect(try base.tokenizer.decode(tokens, showingSpecialTokens: true) == chat.text)
    }
}
