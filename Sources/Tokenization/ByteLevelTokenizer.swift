import Foundation

/// A byte-level BPE vocabulary in a `tokenizer.json` of the Hugging Face tokenizers library, or from a GGUF file, with
/// the pre-tokenizer of GPT-2, SmolLM or Qwen2.
///
/// Encoding gives the ids that the library gives. A text that the vocabulary covers comes back from decoding as it was;
/// for Qwen2, in Unicode's normalization form C. (SmolLM's vocabulary lacks some control characters and the unassigned
/// planes; they are left out, as the library does.)
public final class ByteLevelTokenizer: Tokenizer {
    public let bos: Int
    public let eos: Int
    public let padding: Int
    public let ends: Set<Int>
    public let addsBOS: Bool
    public let serialized: Data
    public var fileName: String { "tokenizer.json" }
    public var vocabularySize: Int { vocabulary.count }

    /// The longest text, in bytes of UTF-8: positions within a word are 32-bit integers.
    static let longestText = 1 << 30

    private let vocabulary: ByteLevelVocabulary
    private let preTokenizer: PreTokenizer
    private let composes: Bool
    private let fusesUnknown: Bool
    /// Tokens looked for in the text as it is, and those looked for in the normalized text.
    private let verbatimTokens: AddedTokenMatcher
    private let normalizedTokens: AddedTokenMatcher
    private let specialTokens: Set<Int>

    /// Reads a `tokenizer.json` file.
    ///
    /// - Parameters:
    ///   - beginning: The id that opens a sequence, such as `bos_token_id` of the model's `config.json`. Where it is
    ///     nil, what the file says; where that says nothing, the end.
    ///   - end: The id that closes a sequence. Where nothing names it, a token with a customary name.
    ///   - padding: The id that fills up the shorter sequences of a batch; the end where nothing names it.
    /// - Throws: ``TokenizationError`` where the file is missing, unreadable, damaged, or asks for what is not
    ///   supported.
    public convenience init(path: String, bos: Int? = nil, eos: Int? = nil, padding: Int? = nil) throws {
        let serialized = try TokenizerFiles.contents(ofFile: path)
        try self.init(serialized: serialized, source: path, bos: bos, eos: eos, padding: padding)
    }

    /// Loads the bytes of a `tokenizer.json` file, which may be any bytes at all.
    ///
    /// - Parameter source: Where the bytes come from, for error messages.
    /// - Throws: ``TokenizationError`` where the bytes are damaged, or ask for what is not supported.
    public convenience init(
        serialized: Data, source: String, bos: Int? = nil, eos: Int? = nil, padding: Int? = nil
    ) throws {
        let given = SpecialTokens(bos: bos, eos: eos, padding: padding)
        try self.init(serialized: serialized, source: source) { _ in (given, SpecialTokens()) }
    }

    /// - Parameter configured: The special tokens that count more than the file's own, and those that count less.
    convenience init(
        serialized: Data, source: String,
        configured: (ByteLevelDefinition) throws -> (above: SpecialTokens, below: SpecialTokens)
    ) throws {
        do {
            var definition = try TokenizerJSON.definition(from: serialized)
            let own = definition.special
            let (above, below) = try configured(definition)
            definition.special = above.filled(from: own).filled(from: below)
            definition.otherEnds = [above.eos, own.eos, below.eos].compactMap(\.self)
            // A file that says too little by itself has no frame of its own.
            let isComplete = try definition.frame(definition.special) == (try? definition.frame(own))
            try self.init(definition, serialized: isComplete ? serialized : nil)
        } catch let failure as TokenizerFileFailure {
            throw TokenizationError(failure, path: source)
        }
    }

    /// - Parameter serialized: The file that the definition was read from; where it is nil, one is written.
    init(_ definition: ByteLevelDefinition, serialized: Data? = nil) throws {
        let frame = try definition.frame(definition.special)
        (bos, eos, padding, addsBOS) = (frame.bos, frame.eos, frame.padding, frame.addsBOS)
        ends = Set(definition.otherEnds + [frame.eos])
        vocabulary = try ByteLevelVocabulary(definition)
        preTokenizer = definition.preTokenizer
        composes = definition.composes
        fusesUnknown = definition.fusesUnknown
        specialTokens = Set(definition.addedTokens.filter(\.isSpecial).map(\.id))
        verbatimTokens = AddedTokenMatcher(definition.addedTokens.filter { !$0.isNormalized })
        normalizedTokens = AddedTokenMatcher(definition.addedTokens.filter(\.isNormalized)) { token in
            definition.composes ? CanonicalComposition.composed(token.content)[...] : token.content
        }
        self.serialized = try serialized ?? TokenizerJSON.serialized(definition)
    }

    public func encode(_ text: String, specialTokens: SpecialTokenScope) throws -> [Int] {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.longestText else {
            throw TokenizationError.textTooLong(bytes: bytes.count, limit: Self.longestText)
        }
        var encoding = Encoding(merging: BytePairMerging(vocabulary.merges))
        for part in verbatimTokens.parts(of: bytes, in: bytes.indices, specialTokens: specialTokens) {
            switch part {
            case .token(let id): encoding.tokens.append(id)
            case .text(let range):
                if composes, !CanonicalComposition.isCertainlyComposed(bytes[range]) {
                    let composed = CanonicalComposition.composed(bytes[range])
                    // The bytes have moved, so that no part of them is known to be trusted.
                    let scope = if case .within = specialTokens { SpecialTokenScope.nowhere } else { specialTokens }
                    encode(composed, in: composed.indices, scope, to: &encoding)
                } else {
                    encode(bytes, in: range, specialTokens, to: &encoding)
                }
            }
        }
        return encoding.tokens
    }

    /// Encodes normalized text between the tokens that were found before normalization.
    private func encode(
        _ text: [UInt8], in range: Range<Int>, _ specialTokens: SpecialTokenScope, to encoding: inout Encoding
    ) {
        for part in normalizedTokens.parts(of: text, in: range, specialTokens: specialTokens) {
            switch part {
            case .token(let id): encoding.tokens.append(id)
            case .text(let range):
                var words = WordScanner(preTokenizer, text: text, range: range)
                while let word = words.next() { encode(word: text[word], to: &encoding) }
            }
        }
    }

    private func encode(word: ArraySlice<UInt8>, to encoding: inout Encoding) {
        if !vocabulary.words.isEmpty, let token = vocabulary.words[word] {
            encoding.tokens.append(Int(token))
            return
        }
        encoding.word.removeAll(keepingCapacity: true)
        var previousIsUnknown = false
        for byte in word {
            if let token = vocabulary.byteTokens[Int(byte)] {
                encoding.word.append(token)
                previousIsUnknown = false
            } else if let unknown = vocabulary.unknown {
                if !(fusesUnknown && previousIsUnknown) { encoding.word.append(unknown) }
                previousIsUnknown = true
            }
        }
        encoding.merging.append(encoding.word, to: &encoding.tokens)
    }

    public func decode(_ tokens: [Int], showingSpecialTokens: Bool) throws -> String {
        var bytes: [UInt8] = []
        for token in tokens {
            guard (0..<vocabulary.count).contains(token) else {
                throw TokenizationError.unknownToken(token, vocabularySize: vocabulary.count)
            }
            if showingSpecialTokens || !specialTokens.contains(token) { bytes += vocabulary.bytes(of: token) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One encoding: its working memory and what has come out so far.
    private struct Encoding {
        var merging: BytePairMerging
        var word: [UInt32] = []
        var tokens: [Int] = []
    }
}
