import Foundation

/// Normalization form C (Unicode Standard Annex 15), by the Unicode version of the tokenizers library (0.23).
///
/// Foundation's own (Swift 6.3) does not follow the standard everywhere: a Hangul syllable and a final consonant stay
/// apart, and the final consonant U+11A7 gets lost. So only the decomposition of single characters is taken from it.
enum CanonicalComposition {
    /// The library knows Unicode 9, to which a character that came later is one that neither moves nor combines.
    private static let version = 9

    /// Whether normalization leaves a text alone because all of it lies below U+0300, the first combining mark.
    static func isCertainlyComposed(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { $0 < firstMarkByte }
    }

    /// The normalized text, as UTF-8. The text is valid UTF-8.
    static func composed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text
        // Characters below U+0300 stay as they are, except the last one in front of another.
        while let index = rest.firstIndex(where: { $0 >= firstMarkByte }) {
            let start = rest[..<index].lastIndex { $0 & 0xC0 != 0x80 } ?? index
            let end = rest[index...].firstIndex { $0 < 0x80 || (0xC0..<firstMarkByte).contains($0) } ?? rest.endIndex
            result += rest[..<start]
            var composed = String.UnicodeScalarView()
            composed.append(contentsOf: Self.composed(ordered(decomposed(rest[start..<end]))))
            result += String(composed).utf8
            rest = rest[end...]
        }
        return result + rest
    }

    /// Where the UTF-8 of U+0300 and all characters above it starts.
    private static let firstMarkByte: UInt8 = 0xCC

    /// A character with its canonical combining class: 0 for a starter, higher for marks.
    private struct Element {
        let scalar: Unicode.Scalar
        let combiningClass: UInt8

        init(_ scalar: Unicode.Scalar) {
            self.scalar = scalar
            let combiningClass = scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
            let isKnown = combiningClass == 0 || CharacterClasses.isAssigned(scalar, inVersion: version)
            self.combiningClass = isKnown ? combiningClass : 0
        }
    }

    private static func decomposed(_ text: ArraySlice<UInt8>) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(text.count)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if let parts = Hangul.decomposed(scalar) ?? tables.decompositions[scalar] {
                elements += parts.map(Element.init)
            } else {
                elements.append(Element(scalar))
            }
        }
        return elements
    }

    /// Puts the marks behind each starter in the order of their classes; those of one class keep theirs.
    private static func ordered(_ elements: consuming [Element]) -> [Element] {
        var start = 0
        while let first = elements[start...].firstIndex(where: { $0.combiningClass > 0 }) {
            let end = elements[first...].firstIndex { $0.combiningClass == 0 } ?? elements.count
            if end - first > 1 {
                let marks = elements[first..<end].enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                elements.replaceSubrange(first..<end, with: marks.map(\.element))
            }
            start = end
        }
        return elements
    }

    /// Joins each starter with the characters behind it that no other character blocks from it.
    private static func composed(_ elements: [Element]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(elements.count)
        var starter: Int?
        var lastClass: UInt8 = 0
        for element in elements {
            if let index = starter, index == result.count - 1 || lastClass < element.combiningClass,
                let pair = Hangul.composed(result[index], element.scalar)
                    ?? tables.compositions[Pair(first: result[index], second: element.scalar)]
            {
                result[index] = pair
                continue
            }
            if element.combiningClass == 0 { starter = result.count }
            lastClass = element.combiningClass
            result.append(element.scalar)
        }
        return result
    }

    private struct Pair: Hashable {
        let first: Unicode.Scalar
        let second: Unicode.Scalar
    }

    private struct Tables {
        var decompositions: [Unicode.Scalar: [Unicode.Scalar]] = [:]
        var compositions: [Pair: Unicode.Scalar] = [:]

        init() {
            // Characters with a decomposition lie below U+2FA20, and none is a unified ideograph.
            for scalar in (UInt32(0xC0)..<0x2FA20).compactMap(Unicode.Scalar.init)
            where !scalar.properties.isUnifiedIdeograph && Hangul.decomposed(scalar) == nil {
                let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
                if parts != [scalar], CharacterClasses.isAssigned(scalar, inVersion: version) {
                    decompositions[scalar] = parts
                }
            }
            // Where a character composes, all but the last of its parts compose as well: shorter ones come first.
            for (scalar, parts) in decompositions.sorted(by: { $0.value.count < $1.value.count })
            where !scalar.properties.isFullCompositionExclusion {
                let first = parts.dropFirst().dropLast().reduce(parts[0]) { first, second in
                    compositions[Pair(first: first, second: second)] ?? first
                }
                compositions[Pair(first: first, second: parts[parts.count - 1])] = scalar
            }
        }
    }

    private static let tables = Tables()
}

/// Syllables of Korean are composed by arithmetic (The Unicode Standard, section 3.12).
private enum Hangul {
    private static let syllables: UInt32 = 0xAC00
    private static let leads: UInt32 = 0x1100
    private static let vowels: UInt32 = 0x1161
    private static let tails: UInt32 = 0x11A7
    private static let vowelCount: UInt32 = 21
    /// The first of them stands for no tail.
    private static let tailCount: UInt32 = 28

    static func decomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard (0xAC00...0xD7A3).contains(scalar.value) else { return nil }
        let (rest, tail) = (scalar.value - syllables).quotientAndRemainder(dividingBy: tailCount)
        let parts = [leads + rest / vowelCount, vowels + rest % vowelCount] + (tail == 0 ? [] : [tails + tail])
        return parts.compactMap(Unicode.Scalar.init)
    }

    static func composed(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        switch (first.value, second.value) {
        case (0x1100...0x1112, 0x1161...0x1175):
            let index = (first.value - leads) * vowelCount + second.value - vowels
            return Unicode.Scalar(syllables + index * tailCount)
        case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first.value - syllables) % tailCount == 0:
            return Unicode.Scalar(first.value + second.value - tails)
        default: return nil
        }
    }
}
