import StrictJSON
import Testing

@Suite struct JSONReaderTests {
    private func read(_ text: String, depthLimit: Int = 8) throws(JSONSyntaxError) -> JSONTree {
        try JSONReader.read(Array(text.utf8), depthLimit: depthLimit)
    }

    private static func string(_ text: String) -> JSONTree { .string(Array(text.utf8)[...]) }

    private static let validTexts: [(text: String, value: JSONTree)] = [
        ("null", .null), (" true ", .boolean(true)), ("-12", .integer(-12)), ("1.0", .number(1)), ("1e2", .number(100)),
        ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("1e400", .number(.infinity)), (#""\u00e9é\uD83D\uDE00\/""#, string("éé😀/")),
        ("[1,[]]", .array([.integer(1), .array([])])),
    ]

    @Test(arguments: validTexts) func valuesAreRead(text: String, value: JSONTree) throws {
        #expect(try read(text) == value)
    }

    @Test func namesThatAreCanonicallyEquivalentStayApart() throws {
        guard case .object(let members) = try read("{\"\u{e9}\": 1, \"e\u{301}\": 2}") else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.value) == [.integer(1), .integer(2)])
        #expect(members[0].name.elementsEqual("\u{e9}".utf8) && members[1].name.elementsEqual("e\u{301}".utf8))
    }

    @Test(arguments: [
        ("", 0), ("nulL", 3), ("01", 1), ("1.", 2), ("\"a", 2), ("\"a\tb\"", 2), (#""\x""#, 3), (#""\ud800""#, 7),
        ("[1,]", 3), ("{\"a\" 1}", 5), ("{a:1}", 1), ("1 2", 2), ("\u{feff}1", 0),
    ]) func faultsAreFoundAtTheirByte(text: String, byte: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try read(text) }
        #expect(error?.byte == byte)
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: JSONSyntaxError.self) { try JSONReader.read([0x22, 0xFF, 0x22], depthLimit: 8) }
    }

    @Test func nestingIsBounded() throws {
        #expect(try read("[[[]]]", depthLimit: 3) == .array([.array([.array([])])]))
        let error = #expect(throws: JSONSyntaxError.self) { try read("[[[[]]]]", depthLimit: 3) }
        #expect(error?.description == "at byte 3: nested more than 3 deep")
        #expect(throws: JSONSyntaxError.self) { try read(String(repeating: "{\"a\":", count: 100_000)) }
    }
}
