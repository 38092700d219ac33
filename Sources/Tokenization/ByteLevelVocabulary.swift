/// The vocabulary of a byte-level tokenizer, made ready for encoding and decoding.
struct ByteLevelVocabulary {
    /// The token of each byte, or nil where the vocabulary has none.
    let byteTokens: [UInt32?]
    let merges: MergeTable
    /// The tokens by the bytes they stand for, where whole words are looked up before merging.
    let words: [ArraySlice<UInt8>: UInt32]
    /// The token for bytes that have none.
    let unknown: UInt32?

    /// The bytes of all tokens one after the other, added tokens included; those of token i start at `starts[i]`.
    private let bytes: [UInt8]
    private let starts: [Int]

    var count: Int { starts.count - 1 }

    /// - Throws: ``TokenizerFileFailure`` where texts occur twice, or merges name tokens that do not exist.
    init(_ definition: ByteLevelDefinition) throws {
        guard definition.vocabularySize < UInt32.max else {
            throw TokenizerFileFailure.unsupported("its vocabulary has \(definition.vocabularySize) tokens")
        }
        let ids = try Self.ids(of: definition.tokens)
        let tokenBytes = definition.tokens.map(ByteAlphabet.bytes(of:))

        var byteTokens = [UInt32?](repeating: nil, count: 256)
        var words: [ArraySlice<UInt8>: UInt32] = [:]
        for (id, bytes) in tokenBytes.enumerated() {
            guard let bytes, let first = bytes.first else { continue }
            if bytes.count == 1 { byteTokens[Int(first)] = UInt32(id) }
            if definition.ignoresMerges { words[bytes[...]] = UInt32(id) }
        }
        self.byteTokens = byteTokens
        self.words = words
        merges = try Self.merges(definition.merges, ids: ids)
        unknown = try definition.unknown.map { text in
            guard let id = ids[text] else {
                throw TokenizerFileFailure.damaged("its unknown token \(quoted(text)) is not in the vocabulary")
            }
            return id
        }

        // A token with characters that stand for no byte, as many special tokens have, is its own text.
        var contents = zip(definition.tokens, tokenBytes).map { text, bytes in bytes.map { $0[...] } ?? text }
        contents += Array(repeating: [], count: definition.vocabularySize - contents.count)
        for token in definition.addedTokens { contents[token.id] = token.content }
        bytes = Array(contents.joined())
        var starts = [0]
        starts.reserveCapacity(contents.count + 1)
        for content in contents { starts.append(starts[starts.count - 1] + content.count) }
        self.starts = starts
    }

    /// The bytes of a token, which is one of the vocabulary.
    func bytes(of token: Int) -> ArraySlice<UInt8> {
        bytes[starts[token]..<starts[token + 1]]
    }

    private static func ids(of tokens: [ArraySlice<UInt8>]) throws -> [ArraySlice<UInt8>: UInt32] {
        var ids: [ArraySlice<UInt8>: UInt32] = [:]
        ids.reserveCapacity(tokens.count)
        // Ids that no token has are empty.
        for (id, text) in tokens.enumerated() where !text.isEmpty {
            if let other = ids.updateValue(UInt32(id), forKey: text) {
                throw TokenizerFileFailure.damaged("tokens \(other) and \(id) are both \(quoted(text))")
            }
        }
        return ids
    }

    private static func merges(
        _ pairs: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)], ids: [ArraySlice<UInt8>: UInt32]
    ) throws -> MergeTable {
        var table = MergeTable(capacity: pairs.count)
        for (rank, pair) in pairs.enumerated() {
            func id(_ text: ArraySlice<UInt8>) throws -> UInt32 {
                guard let id = ids[text] else {
                    throw TokenizerFileFailure.damaged("merge \(rank) needs \(quoted(text)), which is not a token")
                }
                return id
            }
            let token = try id(pair.left + pair.right)
            table[try id(pair.left), try id(pair.right)] = Merge(rank: UInt32(rank), token: token)
        }
        return table
    }
}

/// The start of a token's text in quotation marks, for messages.
func quoted(_ text: ArraySlice<UInt8>) -> String {
    "\"" + String(decoding: text.prefix(60), as: UTF8.self) + (text.count > 60 ? "…\"" : "\"")
}

/// The characters that stand for bytes in the vocabulary of a byte-level tokenizer (GPT-2's `bytes_to_unicode`).
///
/// A byte that Latin-1 prints as a visible character is that character; the others, in order, are U+0100 and up. A
/// space is therefore "Ġ" (U+0120).
enum ByteAlphabet {
    /// The character of each byte.
    static let characters: [Unicode.Scalar] = {
        var next: UInt16 = 0x100
        return (0...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
            default:
                defer { next += 1 }
                // U+0100 to U+0143: never a surrogate.
                return Unicode.Scalar(next) ?? "\u{FFFD}"
            }
        }
    }()

    /// The byte of each character below U+0144, or nil where it stands for none.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        for (byte, character) in characters.enumerated() { bytes[Int(character.value)] = UInt8(byte) }
        return bytes
    }()

    /// The bytes that a token's text, given as UTF-8, stands for, or nil where it holds another character.
    static func bytes(of text: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            let first = text[position]
            var value = Int(first)
            position += 1
            if first >= 0x80 {
                // Characters of the alphabet take two bytes at most.
                guard first & 0xE0 == 0xC0, position < text.endIndex else { return nil }
                value = Int(first & 0x1F) << 6 | Int(text[position] & 0x3F)
                position += 1
            }
            guard value < bytes.count, let byte = bytes[value] else { return nil }
            result.append(byte)
        }
        return result
    }
}
