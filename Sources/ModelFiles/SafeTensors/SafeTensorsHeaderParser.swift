import Foundation

/// Reads the JSON that the safetensors format allows in a header, and nothing wider.
///
/// A general JSON reader would silently keep one of two tensors of the same name, and would round numbers; here every
/// value is of a type known beforehand, so the grammar is small.
struct SafeTensorsHeaderParser {
    /// A tensor as the header describes it, unchecked. `begin` and `end` count bytes from the start of the data.
    struct Tensor {
        let name: String
        let dataType: String
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    private let bytes: [UInt8]
    private let file: String
    private var position = 0

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The metadata, and the tensors in the order of the header.
    mutating func parse() throws -> (metadata: [String: String], tensors: [Tensor]) {
        var metadata: [String: String]?
        var tensors: [Tensor] = []
        try object { parser, name in
            if name == "__metadata__" {
                guard metadata == nil else { throw parser.duplicate(name) }
                metadata = try parser.metadata()
            } else {
                tensors.append(try parser.tensor(name: name))
            }
        }
        skipWhitespace()
        guard position == bytes.count else { throw failure(expected: "the end of the header") }
        return (metadata ?? [:], tensors)
    }

    private mutating func metadata() throws -> [String: String] {
        var values: [String: String] = [:]
        try object { parser, key in
            guard values.updateValue(try parser.string(), forKey: key) == nil else { throw parser.duplicate(key) }
        }
        return values
    }

    private mutating func tensor(name: String) throws -> Tensor {
        var dataType: String?
        var shape: [Int]?
        var offsets: [Int]?
        try object { parser, field in
            switch field {
            case "dtype" where dataType == nil: dataType = try parser.string()
            case "shape" where shape == nil: shape = try parser.integers()
            case "data_offsets" where offsets == nil: offsets = try parser.integers()
            default: throw parser.failure(tensor: name, expected: "each of dtype, shape and data_offsets once")
            }
        }
        guard let dataType, let shape, let offsets, offsets.count == 2 else {
            throw failure(tensor: name, expected: "a dtype, a shape and two data_offsets")
        }
        return Tensor(name: name, dataType: dataType, shape: shape, begin: offsets[0], end: offsets[1])
    }

    // MARK: - The grammar

    /// Reads an object, handing each key to `member`, which reads the value.
    private mutating func object(_ member: (inout Self, String) throws -> Void) throws {
        try expect("{")
        if take("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while take(",")
        try expect("}")
    }

    private mutating func integers() throws -> [Int] {
        try expect("[")
        if take("]") { return [] }
        var values: [Int] = []
        repeat {
            values.append(try integer())
        } while take(",")
        try expect("]")
        return values
    }

    private mutating func integer() throws -> Int {
        skipWhitespace()
        let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let value = Int(String(decoding: digits, as: UTF8.self))
        else {
            throw failure(expected: "a whole number below 2^63")
        }
        position += digits.count
        return value
    }

    private mutating func string() throws -> String {
        try expect("\"")
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count, let text = Self.unescaped(bytes[start..<position]) else {
            position = start
            throw failure(expected: "a string")
        }
        position += 1
        return text
    }

    /// The text between two quotation marks, or nil where it is not a JSON string.
    private static func unescaped(_ content: ArraySlice<UInt8>) -> String? {
        guard content.contains(UInt8(ascii: "\\")) else {
            return content.contains { $0 < 0x20 } ? nil : String(validating: content, as: UTF8.self)
        }
        let quote = Data([UInt8(ascii: "\"")])
        return try? JSONDecoder().decode(String.self, from: quote + content + quote)
    }

    private mutating func expect(_ symbol: Unicode.Scalar) throws {
        guard take(symbol) else { throw failure(expected: "\"\(symbol)\"") }
    }

    private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: symbol) else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
    }

    private func failure(tensor: String? = nil, expected: String) -> SafeTensorsError {
        SafeTensorsError(file: file, tensor: tensor, problem: .header(offset: position, expected: expected))
    }

    private func duplicate(_ name: String) -> SafeTensorsError {
        SafeTensorsError(file: file, tensor: name, problem: .duplicateName)
    }
}
