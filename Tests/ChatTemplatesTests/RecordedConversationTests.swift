import Testing

@testable import ChatTemplates

@Suite struct RecordedConversationTests {
    @Test(arguments: ["smollm2", "qwen2.5", "qwen3", "gemma3"])
    func conversationsAreWrittenAsByTransformers(name: String) throws {
        let template = try Recordings.template(name)
        let conversations = try Recordings.conversations()
        #expect(conversations.count == 20)
        for conversation in conversations {
            let expected = try #require(conversation.outputs[name])
            do {
                let rendered = try template.rendered(
                    conversation.chat, addsGenerationPrompt: conversation.addGenerationPrompt,
                    options: conversation.options)
                #expect(expected.text.map { Array($0.utf8) } == Array(rendered.text.utf8))
            } catch {
                #expect(error.problem == .refused(expected.error ?? ""))
            }
        }
    }

    @Test func everyConstructDoesWhatItDoesInTransformers() throws {
        let recorded = try Recordings.language()
        let variables = recorded.data.mapValues(\.value).merging(
            Recordings.specialTokens.mapValues { .text($0) }
        ) { first, _ in first }
        for template in recorded.templates {
            do {
                let text = try ChatTemplate(template.source, source: "test").rendered(variables)
                #expect(template.text.map { Array($0.utf8) } == Array(text.string.utf8), "\(template.source)")
            } catch {
                #expect(template.error != nil, "\(template.source): \(error)")
            }
        }
    }
}
