import Foundation
import StrictJSON

/// Where a model's chat template is. It is read when it is wanted: a model without one, or with one that cannot be
/// used, still answers.
public enum ChatTemplateSource: Sendable {
    /// A directory with Hugging Face's files: `chat_template.jinja`, or `chat_template` in `tokenizer_config.json`.
    case directory(URL)
    /// The text itself, such as `tokenizer.chat_template` of a GGUF file.
    case text(String, specialTokens: [String: String], source: String)

    /// The template; `nil` where the model has none.
    ///
    /// - Throws: `ChatTemplateError`.
    public func template() throws(ChatTemplateError) -> ChatTemplate? {
        switch self {
        case .text(let text, let specialTokens, let source):
            return try ChatTemplate(text, specialTokens: specialTokens, source: source)
        case .directory(let folder):
            let configuration = try TokenizerConfiguration(file: folder.appending(path: "tokenizer_config.json"))
            let file = folder.appending(path: "chat_template.jinja")
            let specialTokens = configuration?.specialTokens ?? [:]
            // As in transformers, the file of its own counts more.
            if FileManager.default.fileExists(atPath: file.path) {
                guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                    throw ChatTemplateError(
                        source: file.path, line: nil, problem: .unusableFile("cannot be read as UTF-8"))
                }
                return try ChatTemplate(text, specialTokens: specialTokens, source: file.path)
            }
            guard let configuration, let text = try configuration.template() else { return nil }
            return try ChatTemplate(text, specialTokens: specialTokens, source: configuration.path)
        }
    }
}

/// What a `tokenizer_config.json` says that chat templates need.
private struct TokenizerConfiguration {
    let path: String
    private let members: [JSONTree.Member]

    /// `nil` where there is no such file.
    init?(file: URL) throws(ChatTemplateError) {
        path = file.path
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = try? Data(contentsOf: file), let tree = try? JSONReader.read([UInt8](data), depthLimit: 64),
            case .object(let members) = tree
        else { throw ChatTemplateError(source: path, line: nil, problem: .unusableFile("is not a JSON object")) }
        self.members = members
    }

    /// The spellings of the special tokens by their variables: `"</s>"`, or `{"content": "</s>", …}`.
    var specialTokens: [String: String] {
        let names = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"]
        return names.reduce(into: [:]) { tokens, name in
            let value = members[name]
            if case .object(let inner)? = value {
                tokens[name] = inner["content"]?.text
            } else {
                tokens[name] = value?.text
            }
        }
    }

    /// `chat_template`: a text, or a list of texts with names, of which `default` counts.
    func template() throws(ChatTemplateError) -> String? {
        switch members["chat_template"] {
        case nil, .null: return nil
        case .string(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .array(let elements):
            var names: [String] = []
            for case .object(let entry) in elements {
                let name = entry["name"]?.text ?? ""
                if name == "default", let text = entry["template"]?.text { return text }
                names.append(name)
            }
            throw unusable("chat_template has no template named 'default', only \(names.joined(separator: ", "))")
        default: throw unusable("chat_template is neither a text nor a list of named templates")
        }
    }

    private func unusable(_ reason: String) -> ChatTemplateError {
        ChatTemplateError(source: path, line: nil, problem: .unusableFile(reason))
    }
}

extension [JSONTree.Member] {
    fileprivate subscript(_ name: String) -> JSONTree? { first { $0.name.elementsEqual(name.utf8) }?.value }
}

extension JSONTree {
    fileprivate var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}
