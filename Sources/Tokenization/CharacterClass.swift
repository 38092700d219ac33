/// What the patterns of the pre-tokenizers tell apart.
enum CharacterClass {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\s`, the property White_Space
    case whitespace
    /// The end of the text, or a character that the text is cut at beforehand.
    case boundary
    /// Everything else: punctuation, symbols, marks, control characters, what is not assigned.
    case other
}

/// The class of each character, by the Unicode version of the tokenizers library (0.23).
///
/// The library classifies by Unicode 16 in its patterns, but by Unicode 17 where it cuts at digits. A character keeps
/// its class once it has one, so an older version is the current one without the characters that came later. Swift
/// 6.3 knows Unicode 17; to a standard library that knows less, the newest characters are not assigned.
enum CharacterClasses {
    /// The class in a pattern.
    static func inPattern(_ scalar: Unicode.Scalar) -> CharacterClass {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return isAssigned(scalar, inVersion: 16) ? .letter : .other
        case .decimalNumber, .letterNumber, .otherNumber:
            return isAssigned(scalar, inVersion: 16) ? .number : .other
        default:
            return scalar.properties.isWhitespace ? .whitespace : .other
        }
    }

    /// Whether the character is a number where the library cuts at digits: Nd, Nl or No.
    static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    /// The class of a character below U+0080, which is most of what there is.
    static func ofASCII(_ byte: UInt8) -> CharacterClass {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A: .letter
        case 0x20, 0x09...0x0D: .whitespace
        case 0x30...0x39: .number
        default: .other
        }
    }

    /// Whether a version of Unicode, or one before it, has the character.
    static func isAssigned(_ scalar: Unicode.Scalar, inVersion major: Int) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major <= major
    }
}
