import StrictJSON
import Testing

@Suite struct JSONWritingTests {
    private func read(_ bytes: [UInt8]) throws -> JSONValue { JSONValue(try JSONReader.read(bytes, depthLimit: 8)) }

    @Test func membersKeepTheirOrder() {
        let inner: JSONValue = ["y": .null, "b": [.boolean(true), .number(0.5)]]
        let value: JSONValue = ["z": .integer(1), "a": inner, "m": "text"]
        #expect(value.description == #"{"z":1,"a":{"y":null,"b":[true,0.5]},"m":"text"}"#)
    }

    @Test func stringsAreEscapedOntoOneLine() throws {
        let text = "\"\\/\n\r\t\u{0}\u{1f}\u{7f}\u{2028}é😀"
        let written = JSONValue.string(text).description
        #expect(written == "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7f}\u{2028}é😀\"")
        #expect(try read(Array(written.utf8)) == .string(text))
    }

    @Test func numbersAreReadBackExactly() throws {
        for number in [0.1, -1.5e-300, 1.797e308, 123_456_789.123, Double.leastNonzeroMagnitude] {
            #expect(try read(JSONValue.number(number).bytes) == .number(number))
        }
        #expect(JSONValue.array([.number(.nan), .number(-.infinity)]).description == "[null,null]")
    }
}
