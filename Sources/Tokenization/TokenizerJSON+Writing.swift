import Foundation

/// Writes a `tokenizer.json` that the tokenizers library reads as well.
extension TokenizerJSON {
    static func serialized(_ definition: ByteLevelDefinition) throws -> Data {
        let special = try definition.frame(definition.special)
        var output = JSONOutput()
        output.raw(#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":["#)
        output.list(definition.addedTokens.sorted { $0.id < $1.id }) { output, token in
            output.raw(#"{"id":\#(token.id),"content":"#)
            output.string(token.content)
            output.raw(#","single_word":\#(token.isSingleWord),"lstrip":\#(token.stripsLeft),"#)
            output.raw(#""rstrip":\#(token.stripsRight),"normalized":\#(token.isNormalized),"#)
            output.raw(#""special":\#(token.isSpecial)}"#)
        }
        output.raw(#"],"normalizer":\#(definition.composes ? #"{"type":"NFC"}"# : "null"),"pre_tokenizer":"#)
        writePreTokenizer(definition.preTokenizer, to: &output)
        output.raw(#","post_processor":"#)
        if special.addsBOS {
            writeTemplate(for: special.bos, of: definition, to: &output)
        } else {
            output.raw(byteLevel(usesPattern: true))
        }
        output.raw(#","decoder":\#(byteLevel(usesPattern: true)),"model":{"type":"BPE","dropout":null,"unk_token":"#)
        if let unknown = definition.unknown { output.string(unknown) } else { output.raw("null") }
        output.raw(#","continuing_subword_prefix":null,"end_of_word_suffix":null,"#)
        output.raw(#""fuse_unk":\#(definition.fusesUnknown),"byte_fallback":false,"#)
        output.raw(#""ignore_merges":\#(definition.ignoresMerges),"perk":{"beginning":\#(special.bos),"#)
        output.raw(#""end":\#(special.eos),"padding":\#(special.padding),"#)
        output.raw(#""adds_beginning":\#(special.addsBOS)},"vocab":{"#)
        output.list(definition.tokens.enumerated().filter { !$0.element.isEmpty }) { output, token in
            output.string(token.element)
            output.raw(":\(token.offset)")
        }
        output.raw(#"},"merges":["#)
        output.list(definition.merges) { output, merge in
            output.raw("[")
            output.string(merge.left)
            output.raw(",")
            output.string(merge.right)
            output.raw("]")
        }
        output.raw("]}}")
        return Data(output.bytes)
    }

    private static func writePreTokenizer(_ preTokenizer: PreTokenizer, to output: inout JSONOutput) {
        switch preTokenizer {
        case .gpt2: output.raw(byteLevel(usesPattern: true))
        case .smolLM:
            output.raw(#"{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},"#)
            output.raw(byteLevel(usesPattern: true) + "]}")
        case .qwen2:
            output.raw(#"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"#)
            output.string(Array(preTokenizer.pattern.utf8)[...])
            output.raw(#"},"behavior":"Isolated","invert":false},"#)
            output.raw(byteLevel(usesPattern: false) + "]}")
        }
    }

    private static func byteLevel(usesPattern: Bool) -> String {
        #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":\#(usesPattern)}"#
    }

    private static func writeTemplate(
        for bos: Int, of definition: ByteLevelDefinition, to output: inout JSONOutput
    ) {
        let name = definition.addedTokens.first { $0.id == bos }?.content ?? definition.tokens[bos]
        output.raw(#"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"#)
        output.string(name)
        output.raw(#","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"SpecialToken":{"id":"#)
        output.string(name)
        output.raw(#","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"#)
        output.raw(#""special_tokens":{"#)
        output.string(name)
        output.raw(#":{"id":"#)
        output.string(name)
        output.raw(#","ids":[\#(bos)],"tokens":["#)
        output.string(name)
        output.raw("]}}}")
    }
}

/// JSON text under construction.
private struct JSONOutput {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: String) {
        bytes += text.utf8
    }

    mutating func string(_ text: ArraySlice<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case ..<0x20: raw("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes elements with commas between them.
    mutating func list<Element>(_ elements: some Sequence<Element>, write: (inout JSONOutput, Element) -> Void) {
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            write(&self, element)
        }
    }
}
