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
