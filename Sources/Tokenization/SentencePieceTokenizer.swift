import CSentencePiece
import Foundation

/// A vocabulary in a SentencePiece `.model` file (Kudo and Richardson, arXiv 1808.06226), unigram or byte-pair.
///
/// Encoding follows the file: its normalization, its dummy prefix, its byte fallback. Decoding gives the text back as
/// far as the normalization allows.
public final class SentencePieceTokenizer: Tokenizer {
    public let vocabularySize: Int
    public let beginning: Int
    public let end: Int
    public let padding: Int
    public let serialized: Data

    /// The longest text, in bytes of UTF-8: the library counts in 32-bit integers and a space becomes three bytes.
    static let longestText = 1 << 28

    private let model: LoadedModel

    /// Reads a `.model` file.
    ///
    /// - Throws: ``TokenizationError`` where the file is missing, unreadable or damaged, or defines no beginning, end
    ///   or padding token.
    public convenience init(path: String) throws {
        let serialized: Data
        do {
            serialized = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw TokenizationError.unreadable(path: path, reason: Self.reason(of: error))
        }
        try self.init(serialized: serialized, source: path)
    }

    /// Loads the bytes of a `.model` file.
    ///
    /// - Parameter source: Where the bytes come from, for error messages.
    /// - Throws: ``TokenizationError`` where the bytes are damaged, or define no beginning, end or padding token.
    public init(serialized: Data, source: String) throws {
        do {
            try SentencePieceModelFile.validate(serialized)
            model = try LoadedModel(serialized)
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
        beginning = try special(vocabulary.beginning, "beginning", "--bos_id")
        end = try special(vocabulary.end, "end", "--eos_id")
        padding = try special(vocabulary.padding, "padding", "--pad_id")
    }

    public func encode(_ text: String) throws -> [Int] {
        guard text.utf8.count <= Self.longestText else {
            throw TokenizationError.textTooLong(bytes: text.utf8.count, limit: Self.longestText)
        }
        return try Self.refusing { try model.encode(text) }
    }

    public func decode(_ tokens: [Int]) throws -> String {
        let ids = try tokens.map { token in
            guard (0..<vocabularySize).contains(token) else {
                throw TokenizationError.unknownToken(token, vocabularySize: vocabularySize)
            }
            // The vocabulary's size is an Int32, so the id fits.
            return Int32(token)
        }
        return try Self.refusing { try model.decode(ids) }
    }

    private static func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as LibraryFailure {
            throw TokenizationError.refused(reason: failure.reason)
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
