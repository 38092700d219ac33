import Testing

@testable import Tokenization

/// Cases of Unicode Standard Annex 15 and of its test file NormalizationTest.txt.
struct CanonicalCompositionTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("\u{212B}", "\u{C5}"), ("\u{2126}", "\u{3A9}"), ("D\u{307}", "\u{1E0A}"),
        ("D\u{307}\u{323}", "\u{1E0C}\u{307}"), ("\u{1E0A}\u{323}", "\u{1E0C}\u{307}"), ("\u{958}", "\u{915}\u{93C}"),
        ("a\u{315}\u{300}\u{5AE}\u{300}b", "\u{E0}\u{5AE}\u{300}\u{315}b"), ("\u{344}", "\u{308}\u{301}"),
        ("\u{B47}\u{300}\u{B3E}", "\u{B47}\u{300}\u{B3E}"), ("\u{B47}\u{B3E}", "\u{B4B}"),
        ("\u{2ADC}", "\u{2ADD}\u{338}"),
        ("a\u{F71}\u{F73}\u{F72}b", "a\u{F71}\u{F71}\u{F72}\u{F72}b"), ("\u{315}\u{F73}", "\u{F71}\u{F72}\u{315}"),
        ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"), ("\u{AC00}\u{11A8}", "\u{AC01}"),
        ("\u{AC00}\u{11A7}", "\u{AC00}\u{11A7}"),
        ("\u{AC00}\u{11C3}", "\u{AC00}\u{11C3}"), ("\u{AC01}\u{11A8}", "\u{AC01}\u{11A8}"),
        ("\u{1112}\u{1175}\u{11C2}", "\u{D7A3}"),
        ("x\u{301} e\u{301}", "x\u{301} \u{E9}"), ("e\u{301}e", "\u{E9}e"), ("\u{1F00}\u{300}\u{345}", "\u{1F82}"),
        // U+105D2 U+0307 compose since Unicode 16, U+08D3 moves since Unicode 11.
        ("\u{105D2}\u{307}", "\u{105D2}\u{307}"), ("a\u{301}\u{8D3}", "\u{E1}\u{8D3}"),
        ("q\u{301}\u{8D3}", "q\u{301}\u{8D3}"),
    ])
    func composes(_ text: String, _ expected: String) {
        #expect(CanonicalComposition.composed(Array(text.utf8)[...]) == Array(expected.utf8))
    }
}
