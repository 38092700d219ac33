import Foundation
import Testing

@testable import ChatTemplates

@Suite struct ChatTemplateSourceTests {
    /// What the template of a directory with these files writes for one message.
    private func written(_ files: [String: String]) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        return try ChatTemplateSource.directory(folder).template()?
            .rendered([ChatMessage(.user, "Hi")], addsGenerationPrompt: false).text
    }

    private static let body = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"

    @Test func aTemplateIsFoundInEachOfItsPlaces() throws {
        #expect(try written([:]) == nil)
        #expect(try written(["tokenizer_config.json": "{\"bos_token\": \"<s>\"}"]) == nil)
        #expect(try written(["tokenizer_config.json": "{\"chat_template\": null}"]) == nil)
        let tokens = "\"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\", \"lstrip\": false}"
        #expect(
            try written(["tokenizer_config.json": "{\(tokens), \"chat_template\": \"\(Self.body)\"}"]) == "<s>Hi</s>")
        #expect(
            try written(["tokenizer_config.json": "{\(tokens)}", "chat_template.jinja": Self.body]) == "<s>Hi</s>")
        #expect(try written(["chat_template.jinja": Self.body]) == "Hi")
    }

    @Test func theFileOfItsOwnCountsMoreAndTheDefaultOfAList() throws {
        let list = """
            {"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}]}
            """
        #expect(try written(["tokenizer_config.json": list]) == "plain")
        #expect(try written(["tokenizer_config.json": list, "chat_template.jinja": "own"]) == "own")
    }

    @Test(arguments: [
        ("{\"chat_template\": 7}", "neither a text nor a list"),
        ("{\"chat_template\": [{\"name\": \"rag\", \"template\": \"x\"}]}", "only rag"),
        ("[1]", "not a JSON object"), ("{", "not a JSON object"),
    ])
    func aFileWithoutAUsableTemplateIsNamed(configuration: String, reason: String) throws {
        let error = try #require(throws: ChatTemplateError.self) {
            try written(["tokenizer_config.json": configuration])
        }
        #expect("\(error)".contains("tokenizer_config.json"))
        #expect("\(error)".contains(reason))
    }
}
