/// The marks of a chat model's template around a prompt: the user's turn of a conversation whose next turn is the
/// model's.
///
/// RULER writes its prompts in the template of the model that it is run for (`scripts/data/template.py` of the
/// benchmark's repository, NVIDIA/RULER), so its published and prepared files have them. The beginning of the answer
/// stands behind the wrapper.
///
/// A wrapper is known by what the whole prompt begins with: marks within a text, which may be about chats, are no
/// wrapper.
struct ChatWrapper {
    /// What the prompt begins with.
    let beginnings: [String]
    /// What the user's turn comes after: the first one counts.
    let opening: String
    /// What the user's turn ends before: the last one counts.
    let closing: String

    /// What the user's turn says; the prompt itself where it has no wrapper.
    static func contents(of prompt: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        all.lazy.compactMap { $0.contents(of: prompt) }.first ?? prompt
    }

    private func contents(of prompt: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard beginnings.contains(where: { prompt.starts(with: $0.utf8) }),
            let start = prompt.firstOccurrence(of: opening)?.upperBound,
            let end = prompt[start...].lastOccurrence(of: closing)?.lowerBound
        else { return nil }
        return prompt[start..<end]
    }

    /// The more particular ones first: a system turn may stand before the user's.
    private static let all = [
        // Llama 2 with a system turn, which ends within the user's; Llama 2 and Mistral.
        ChatWrapper(beginnings: ["[INST] <<SYS>>", "<s>[INST] <<SYS>>"], opening: "<</SYS>>", closing: "[/INST]"),
        ChatWrapper(beginnings: ["[INST]", "<s>[INST]", "<s> [INST]"], opening: "[INST]", closing: "[/INST]"),
        // Vicuna and LWM.
        ChatWrapper(
            beginnings: ["A chat between a curious user and an artificial intelligence assistant.", "USER: "]
                + ["You are a helpful assistant. USER: "],
            opening: "USER: ", closing: " ASSISTANT:"),
        // Command R.
        ChatWrapper(
            beginnings: ["<BOS_TOKEN>", "<|START_OF_TURN_TOKEN|>"], opening: "<|USER_TOKEN|>",
            closing: "<|END_OF_TURN_TOKEN|>"),
        // ChatGLM; Phi-3; Jamba. The model's turn begins in all of them with the same mark.
        ChatWrapper(beginnings: ["[gMASK]"], opening: "<|user|>", closing: "<|assistant|>"),
        ChatWrapper(beginnings: ["<|user|>", "<|system|>", "<s><|user|>"], opening: "<|user|>", closing: "<|end|>"),
        ChatWrapper(beginnings: ["<|startoftext|>"], opening: "<|user|>", closing: "<|eom|>"),
        // RWKV, whose first turns are a greeting.
        ChatWrapper(
            beginnings: ["User: hi\n\nAssistant: "], opening: "\n\nUser: ", closing: "\n\nAssistant:"),
        // Llama 3, ChatML (Qwen and others) and Gemma.
        ChatWrapper(
            beginnings: ["<|begin_of_text|>", "<|start_header_id|>"],
            opening: "<|start_header_id|>user<|end_header_id|>", closing: "<|eot_id|>"),
        ChatWrapper(beginnings: ["<|im_start|>"], opening: "<|im_start|>user", closing: "<|im_end|>"),
        ChatWrapper(
            beginnings: ["<bos><start_of_turn>", "<start_of_turn>"], opening: "<start_of_turn>user",
            closing: "<end_of_turn>"),
    ]
}

extension ArraySlice<UInt8> {
    /// Where `text` stands first.
    fileprivate func firstOccurrence(of text: String) -> Range<Int>? {
        let pattern = Array(text.utf8)
        guard let first = pattern.first, pattern.count <= count else { return nil }
        for start in startIndex...endIndex - pattern.count
        where self[start] == first && self[start..<start + pattern.count].elementsEqual(pattern) {
            return start..<start + pattern.count
        }
        return nil
    }
}
