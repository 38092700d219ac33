import ChatTemplates
import CLibFuzzer
import Foundation

/// Makes a chat template of the bytes and writes a conversation with it. They may be refused with a `ChatTemplateError`;
/// anything else is a fault.
private func readTemplate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do throws(ChatTemplateError) {
        let template = try ChatTemplate(text, specialTokens: ["bos_token": "<s>"], source: "chat_template.jinja")
        let chat = try template.rendered(
            [ChatMessage(.system, "Be brief."), ChatMessage(.user, "Ü\u{301} <|end|>"), ChatMessage(.assistant, " ")],
            addsGenerationPrompt: true)
        precondition(chat.templateRanges.allSatisfy { $0.upperBound <= chat.text.utf8.count })
    } catch {
        precondition(!error.description.isEmpty)
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readTemplate))
