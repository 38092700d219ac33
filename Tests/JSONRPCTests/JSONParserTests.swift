import Foundation
import StrictJSON
import Testing

@testable import JSONRPC

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    private static let validTexts: [(text: String, value: JSONValue)] = [
        ("null", JSONValue.null), (" true ", .boolean(true)), ("false", .boolean(false)),
        ("0", .integer(0)), ("-0", .integer(0)), ("-12", .integer(-12)), ("1.0", .integer(1)), ("1e2", .integer(100)),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-0.25", .number(-0.25)),
        ("1E-3", .number(0.001)), ("1e400", .number(.infinity)),
        (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9é\uD83D\uDE00""#, "éé😀"),
        ("[]", []), ("[ 1 , [ ] ]", [.integer(1), []]), ("{}", [:]),
        (#"{ "b" : 1 , "a" : null }"#, ["b": .integer(1), "a": .null]),
        (#"{"a":1,"a":2}"#, .object([.init("a", .integer(1)), .init("a", .integer(2))])),
    ]

    @Test(arguments: validTexts)
    func valid(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    private static let invalidTexts: [(text: String, byte: Int)] = [
        ("", 0), ("  ", 2), ("nul", 3), ("nulL", 3), ("truefalse", 4), ("01", 1), ("+1", 0), (".5", 0), ("1.", 2),
        ("1e", 2), ("-", 1), ("--1", 1), ("NaN", 0), ("Infinity", 0), ("'a'", 0), ("\"a", 2), ("\"\u{1}\"", 1),
        ("\"a\tb\"", 2), (#""\x""#, 3), (#""\u12""#, 5), (#""\u12G4""#, 5), (#""\ud800""#, 7), (#""\udc00""#, 7),
        (#""\ud800\u0041""#, 13), (#""\ud800\n""#, 8), ("[1,]", 3), ("[1 2]", 3), ("[", 1), ("]", 0), ("[1}", 2),
        ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1), ("{\"a\":}", 5), ("{\"a\":1", 6), ("1 2", 2), ("[]//", 2),
        ("\u{feff}1", 0), ("{\0}", 1),
    ]

    @Test(arguments: invalidTexts)
    func invalid(text: String, byte: Int) throws {
        let error = try #require(throws: RPCError.self) { try parse(text) }
        #expect(error.code == .parseError)
        #expect(error.message.hasPrefix("not JSON at byte \(byte): "), "\(error.message)")
    }

    @Test func invalidUTF8() {
        #expect(throws: RPCError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func nestingIsBounded() throws {
        let deepest = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
        #expect(try parse(deepest).description == deepest)
        #expect(throws: RPCError.self) { try parse("[\(deepest)]") }
        #expect(throws: RPCError.self) { try parse(String(repeating: "[", count: 100_000)) }
        #expect(throws: RPCError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    /// Damaged texts are accepted or refused as Foundation does, which is lenient about a trailing comma alone.
    @Test func agreesWithFoundation() throws {
        let text = #"{"a": [1, -2.5e3, true, null, "x\n\u00e9"], "b": {"c": "d", "e": []}, "f": 0.125}"#
        let alphabet = Array(#"{}[]",:\/ 019-+.eEtrufalsn"#.utf8)
        var generator = SeededGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let index = bytes.indices.randomElement(using: &generator) ?? 0
                switch UInt8.random(in: 0..<3, using: &generator) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(alphabet.randomElement(using: &generator) ?? 0, at: index)
                default: bytes[index] = alphabet.randomElement(using: &generator) ?? 0
                }
            }
            let damaged = String(decoding: bytes, as: UTF8.self)
            let foundation = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            let value = try? JSONParser.parse(bytes)
            let hasTrailingComma = damaged.contains(/,\s*[\]}]/)
            #expect((value != nil) == (foundation != nil) || (value == nil && hasTrailingComma), "\(damaged)")
            guard let value, let foundation else { continue }
            accepted += 1
            let written = try JSONSerialization.jsonObject(with: Data(value.bytes), options: .fragmentsAllowed)
            #expect(written as? NSObject == foundation as? NSObject, "\(damaged)")
        }
        #expect(accepted > 500)
    }
}
