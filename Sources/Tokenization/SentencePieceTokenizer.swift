import CSentencePiece
import Foundation

/// A vocabulary in a SentencePiece `.model` file (Kudo and Richardson, arXiv 1808.06226), unigram or byte-pair.
///
/// Encoding follows the file: its normalization, its dummy prefix, its byte fallback. Decoding gives the text back as
/// far as the normalization allows.
public final class SentencePieceTokenizer: Tokenizer {
    public let vocabularySize: Int
    public let bos: Int
    public let eos: Int
    public let padding: Int
    public let serialized: Data
    public var fileName: String { "tokenizer.model" }
    public var ends: Set<Int> { [eos] }
    public let addsBOS: Bool

    /// The longest text, in bytes of UTF-8: the library counts in 32-bit integers and a space becomes three bytes.
    static let longestText = 1 << 28

    private let model: LoadedModel
    private let controlPieces: [Int: String]
    private let controlMatcher: AddedTokenMatcher

    /// Reads a `.model` file.
    ///
    /// - Throws: ``TokenizationError`` where the file is missing, unreadable or damaged, or defines no beginning or end
    ///   token.
    public convenience init(path: String) throws {
        let settings = URL(fileURLWithPath: path).deletingLastPathComponent()
            .appendingPathComponent("tokenizer_config.json").path
        try self.init(
            serialized: TokenizerFiles.contents(ofFile: path), source: path,
            addsBOS: TokenizerFiles.addsBOS(configuration: settings) ?? true)
    }

    /// Loads the bytes of a `.model` file.
    ///
    /// - Parameters:
    ///   - source: Where the bytes come from, for error messages.
    ///   - addsBOS: A model that was trained with SentencePiece has seen its sequences begin with the beginning token,
    ///     unless something says otherwise.
    /// - Throws: ``TokenizationError`` where the bytes are damaged, or define no beginning or end token.
    public init(serialized: Data, source: String, addsBOS: Bool = true) throws {
        self.addsBOS = addsBOS
        do {
            try SentencePieceModelFile.validate(serialized)
            model = try LoadedModel(serialized)
            let pieces = try SentencePieceModelFile.controlPieces(serialized)
            controlPieces = pieces.reduce(into: [:]) { $0[$1.id] = String(decoding: $1.content, as: UTF8.self) }
            controlMatcher = AddedTokenMatcher(pieces)
        } catch let failure as LibraryFailure {
            throw TokenizationError.damaged(path: source, reason: failure.reason)
        }
        self.serialized = serialized

        let vocabulary = sentencePieceVocabulary(model.pointer)
        func special(_ id: Int32, _ token: String, _ option: String) throws -> Int {
            guard id >= 0 else {
                throw TokenizationError.missingSpecialToken(path: source, token: token, option: option)
            }
            return Int(id)
        }
        vocabularySize = Int(vocabulary.size)
        bos = try special(vocabulary.beginning, "beginning", "--bos_id")
        eos = try special(vocabulary.end, "end", "--eos_id")
        // Llama's vocabularies have none.
        padding = vocabulary.padding >= 0 ? Int(vocabulary.padding) : eos
    }

    /// The ids of a text. A text behind a special token is encoded like one of its own, with the file's dummy prefix.
    public func encode(_ text: String, specialTokens: SpecialTokenScope) throws -> [Int] {
        guard text.utf8.count <= Self.longestText else {
            throw TokenizationError.textTooLong(bytes: text.utf8.count, limit: Self.longestText)
        }
        return try Self.refusing {
            guard specialTokens != .nowhere else { return try model.encode(text) }
            let bytes = Array(text.utf8)
            return try controlMatcher.parts(of: bytes, in: bytes.indices, specialTokens: specialTokens).flatMap {
                part in
                switch part {
                case .token(let id): [id]
                case .text(let range): try model.encode(String(decoding: bytes[range], as: UTF8.self))
                }
            }
        }
    }

    public func decode(_ tokens: [Int], showingSpecialTokens: Bool) throws -> String {
        let ids = try tokens.map { token in
            guard (0..<vocabularySize).contains(token) else {
                throw TokenizationError.unknownToken(token, vocabularySize: vocabularySize)
            }
            // The vocabulary's size is an Int32, so the id fits.
            return Int32(token)
        }
        return try Self.refusing {
            guard showingSpecialTokens else { return try model.decode(ids) }
            var text = ""
            var rest = ids[...]
            while let index = rest.firstIndex(where: { controlPieces[Int($0)] != nil }) {
                text += try model.decode(Array(rest[..<index])) + (controlPieces[Int(rest[index])] ?? "")
                rest = rest[(index + 1)...]
            }
            return try text + model.decode(Array(rest))
        }
    }

    private static func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as LibraryFailure {
            throw TokenizationError.refused(reason: failure.reason)
        }
    }
}
