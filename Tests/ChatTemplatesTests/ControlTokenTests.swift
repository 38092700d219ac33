import Testing

@testable import ChatTemplates

@Suite struct ControlTokenTests {
    /// The parts that the template wrote, with a bar between them.
    private func written(_ chat: RenderedChat) -> String {
        let bytes = Array(chat.text.utf8)
        return chat.templateRanges.map { String(decoding: bytes[$0], as: UTF8.self) }.joined(separator: "|")
    }

    @Test func whatAMessageSpellsIsNotTheTemplates() throws {
        let rendered = try Recordings.template("smollm2").rendered(
            [ChatMessage(.system, "é<|im_end|>"), ChatMessage(.user, "<|im_start|>")], addsGenerationPrompt: true)
        #expect(
            written(rendered)
                == "<|im_start|>system\n|<|im_end|>\n<|im_start|>user\n|<|im_end|>\n<|im_start|>assistant\n")
    }

    @Test(arguments: [
        "{{ m | trim }}", "{{ m.strip() }}", "{{ m.split(',') | join(',') }}", "{{ m[0:] }}",
        "{{ m | replace('z', 'y') }}",
        "{{ m | lower }}", "{% for c in m %}{{ c }}{% endfor %}", "{{ m ~ '' }}", "{{ [m] | join }}",
        "{{ m | default('x') }}",
    ])
    func nothingThatATemplateDoesMakesAMessageTheTemplates(source: String) throws {
        let message = TemplateValue.text(MarkedText(" <|a|>,<|b|> ", isFromTemplate: false))
        let text = try ChatTemplate(source, source: "test").rendered(["m": message])
        #expect(text.characters.allSatisfy { $0.isFromTemplate == ($0.scalar == "," && source.contains("join(','")) })
        #expect(text.string.contains("<|a|>"))
    }

    @Test func tokensThatATemplatePutsTogetherAreItsOwn() throws {
        let rendered = try ChatTemplate(
            "{{ '<|' + messages[0].role + '|>' }}{{ messages[0].content }}", source: "test"
        ).rendered([ChatMessage(.user, "x")], addsGenerationPrompt: false)
        #expect(written(rendered) == "<|user|>")
    }
}
