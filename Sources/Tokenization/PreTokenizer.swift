/// How a text is cut into words, across which nothing is merged.
enum PreTokenizer: Equatable {
    case gpt2
    /// Every digit on its own, and between them as ``gpt2``.
    case smolLM
    case qwen2

    /// The regular expression that matches the words, as a tokenizer.json spells it.
    var pattern: String {
        switch self {
        case .gpt2, .smolLM:
            #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .qwen2:
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
                + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        }
    }

    /// The pre-tokenizer that a GGUF file names in `tokenizer.ggml.pre`, or nil where it is none of these.
    init?(ggufName: String) {
        switch ggufName {
        case "gpt-2", "gpt2", "default": self = .gpt2
        case "smollm": self = .smolLM
        case "qwen2": self = .qwen2
        default: return nil
        }
    }
}
