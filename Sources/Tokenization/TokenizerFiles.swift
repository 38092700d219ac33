import Foundation

/// Reads the tokenizer of a model's directory: `tokenizer.json` where it is byte-level BPE, else `tokenizer.model`.
///
/// The ids, from the model's `config.json` or `generation_config.json`, are for a tokenizer.json, which does not say
/// which tokens frame a sequence. They count more than what `tokenizer_config.json` beside it names; what nothing names
/// is as in ``ByteLevelTokenizer/init(path:beginning:end:padding:)``. A tokenizer.model has ids of its own.
///
/// - Throws: ``TokenizationError`` where there is neither file, or the one that counts cannot be used.
public func loadTokenizer(
    directory: URL, bos: Int? = nil, eos: Int? = nil, padding: Int? = nil
) throws -> any Tokenizer {
    let json = directory.appendingPathComponent("tokenizer.json")
    let model = directory.appendingPathComponent("tokenizer.model")
    let hasModel = FileManager.default.fileExists(atPath: model.path)
    guard FileManager.default.fileExists(atPath: json.path) else {
        guard hasModel else {
            let found = try TokenizerFiles.names(inDirectory: directory.path)
            throw TokenizationError.noTokenizer(directory: directory.path, found: found)
        }
        return try SentencePieceTokenizer(path: model.path)
    }
    let given = SpecialTokens(bos: bos, eos: eos, padding: padding)
    let configuration = directory.appendingPathComponent("tokenizer_config.json").path
    do {
        return try ByteLevelTokenizer(
            serialized: TokenizerFiles.contents(ofFile: json.path), source: json.path
        ) { definition in
            (given, try TokenizerFiles.specialTokens(configuration: configuration, definition: definition))
        }
    } catch TokenizationError.unsupported where hasModel {
        return try SentencePieceTokenizer(path: model.path)
    }
}

/// Reads a tokenizer from a file of its own: a `tokenizer.json`, or a SentencePiece `.model`.
///
/// - Throws: ``TokenizationError``.
public func loadTokenizer(path: String) throws -> any Tokenizer {
    path.hasSuffix(".json") ? try ByteLevelTokenizer(path: path) : try SentencePieceTokenizer(path: path)
}

/// The files that tokenizers are read from.
enum TokenizerFiles {
    /// - Throws: ``TokenizationError/unreadable(path:reason:)``.
    static func contents(ofFile path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw TokenizationError.unreadable(path: path, reason: reason(of: error))
        }
    }

    static func names(inDirectory path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw TokenizationError.unreadable(path: path, reason: reason(of: error))
        }
    }

    /// The tokens that a `tokenizer_config.json` names, if there is one: `"</s>"` or `{"content": "</s>", …}`.
    static func specialTokens(configuration path: String, definition: ByteLevelDefinition) throws -> SpecialTokens {
        guard FileManager.default.fileExists(atPath: path) else { return SpecialTokens() }
        do {
            let root = try JSONNode.read([UInt8](contents(ofFile: path)))
            func id(_ key: String, isNeeded: Bool = true) throws -> Int? {
                guard let token = try root.optional(key) else { return nil }
                let text: JSONNode = if case .object = token.value { try token.member("content") } else { token }
                guard let id = definition.id(of: try text.text()) else {
                    guard isNeeded else { return nil }
                    throw TokenizerFileFailure.damaged("\(key) \(quoted(try text.bytes())) is not in the vocabulary")
                }
                return id
            }
            return SpecialTokens(
                bos: try id("bos_token"), eos: try id("eos_token"), padding: try id("pad_token", isNeeded: false),
                addsBOS: try root.optional("add_bos_token")?.boolean())
        } catch let failure as TokenizerFileFailure {
            throw TokenizationError(failure, path: path)
        }
    }

    /// Whether a `tokenizer_config.json`, if there is one, has the beginning token put in front of a text.
    static func addsBOS(configuration path: String) throws -> Bool? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONNode.read([UInt8](contents(ofFile: path))).optional("add_bos_token")?.boolean()
        } catch let failure as TokenizerFileFailure {
            throw TokenizationError(failure, path: path)
        }
    }

    /// The system's own words ("No such file or directory") where Foundation wraps them.
    private static func reason(of error: any Error) -> String {
        guard let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? POSIXError else {
            return error.localizedDescription
        }
        return String(cString: strerror(underlying.code.rawValue))
    }
}
