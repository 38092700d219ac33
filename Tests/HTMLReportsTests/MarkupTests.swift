import Testing

@testable import HTMLReports

@Suite struct MarkupTests {
    @Test func textIsEscapedAndMarkupIsNot() {
        let name = "a<b & \"c\" 'd'>"
        let inner: Markup = "<em>\(name)</em>"
        let markup: Markup = "<p title=\"\(name)\">\(inner) \(7)</p>"
        let escaped = "a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;"
        #expect(markup.source == "<p title=\"\(escaped)\"><em>\(escaped)</em> 7</p>")
    }

    @Test func charactersThatXMLLacksAreReplaced() throws {
        let text = "a\u{0}\u{1B}\u{9}\u{FFFF}\u{85}é🦊"
        let markup: Markup = "<p>\(text)</p>"
        #expect(try ParsedMarkup(markup.source).text == "a\u{FFFD}\u{FFFD}\u{9}\u{FFFD}\u{FFFD}é🦊")
    }

    @Test(arguments: [
        (0.031, 2, "0.031"), (9.99, 2, "10"), (0, 3, "0"), (-0.000_04, 2, "-4.0e-5"), (123_456, 3, "123456"),
        (1.5e7, 2, "1.5e7"), (.nan, 2, "nan"), (-.infinity, 2, "-inf"),
    ]) func significantDigits(value: Double, digits: Int, text: String) {
        #expect(Decimals.text(value, significant: digits) == text)
    }

    @Test func zeroHasNoSign() {
        #expect(Decimals.text(-0.001, places: 2) == "0.00")
        #expect(Decimals.text(-0.006, places: 2) == "-0.01")
    }
}
