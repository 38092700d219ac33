/// What can go wrong between text and token ids.
public enum TokenizationError: Error, Equatable, Sendable {
    /// The vocabulary file is missing or may not be read.
    case unreadable(path: String, reason: String)
    /// The vocabulary file was read, but it is cut, overwritten or of another format.
    case damaged(path: String, reason: String)
    /// The vocabulary file is whole, but asks for something that this tokenizer does not do.
    case unsupported(path: String, reason: String)
    /// The vocabulary defines no id for a special token; `option` is the `spm_train` option that adds it.
    case missingSpecialToken(path: String, token: String, option: String)
    /// A directory holds none of the files that a tokenizer can be read from.
    case noTokenizer(directory: String, found: [String])
    /// A token id lies outside the vocabulary.
    case unknownToken(Int, vocabularySize: Int)
    /// A text is longer than can be encoded at once.
    case textTooLong(bytes: Int, limit: Int)
    /// The SentencePiece library refused a text or some ids.
    case refused(reason: String)
}

extension TokenizationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "vocabulary \(path): \(reason). Give the path of a vocabulary file that this process may read."
        case .damaged(let path, let reason):
            "vocabulary \(path) is damaged: \(reason). Copy the file again from its source."
        case .unsupported(let path, let reason):
            "vocabulary \(path) cannot be used: \(reason). Use a SentencePiece .model file, or a byte-level BPE "
                + "tokenizer.json as GPT-2, SmolLM or Qwen2 have it."
        case .missingSpecialToken(let path, let token, let option):
            "vocabulary \(path) has no \(token) token. Train it again with \(option) set to an id of its own."
        case .noTokenizer(let directory, let found):
            "\(directory) holds neither a tokenizer.json nor a tokenizer.model"
                + (found.isEmpty ? "; it is empty." : ", only \(found.joined(separator: ", ")).")
                + " Copy one of them from the model's source."
        case .unknownToken(let token, let vocabularySize):
            "token \(token) is outside the vocabulary (0 ..< \(vocabularySize)). "
                + "Decode with the vocabulary that encoded it."
        case .textTooLong(let bytes, let limit):
            "a text of \(bytes) bytes cannot be encoded at once, the limit is \(limit). Split it."
        case .refused(let reason):
            "the SentencePiece library failed: \(reason). Check that the vocabulary file is the one intended."
        }
    }
}

/// Why a vocabulary cannot be used, before it is known which file it is from.
enum TokenizerFileFailure: Error {
    case damaged(String)
    case unsupported(String)
}

extension TokenizationError {
    init(_ failure: TokenizerFileFailure, path: String) {
        self =
            switch failure {
            case .damaged(let reason): .damaged(path: path, reason: reason)
            case .unsupported(let reason): .unsupported(path: path, reason: reason)
            }
    }
}
