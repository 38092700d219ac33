/// Finds values in a JSON text by passing over what lies before them, unread: in a text that is cut off or faulty
/// further on, and as the bytes that stand there.
enum JSONSkimmer {
    /// The value of the first member called `name` of the object that `text` begins with; `nil` where there is none, or
    /// it is not whole. An escaped name is not recognized.
    static func value(of name: String, in text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var position = text.skippingWhitespace(from: text.startIndex)
        guard text.byte(at: position) == UInt8(ascii: "{") else { return nil }
        repeat {
            let start = text.skippingWhitespace(from: position + 1)
            guard text.byte(at: start) == UInt8(ascii: "\""), let end = text.endOfString(from: start) else {
                return nil
            }
            let colon = text.skippingWhitespace(from: end)
            guard text.byte(at: colon) == UInt8(ascii: ":") else { return nil }
            let value = text.skippingWhitespace(from: colon + 1)
            guard let valueEnd = text.endOfValue(from: value) else { return nil }
            if text[start + 1..<end - 1].elementsEqual(name.utf8) { return text[value..<valueEnd] }
            position = text.skippingWhitespace(from: valueEnd)
        } while text.byte(at: position) == UInt8(ascii: ",")
        return nil
    }

    /// The elements of the array that is `text`.
    static func elements(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var position = text.skippingWhitespace(from: text.startIndex)
        var elements: [ArraySlice<UInt8>] = []
        guard text.byte(at: position) == UInt8(ascii: "[") else { return elements }
        repeat {
            let start = text.skippingWhitespace(from: position + 1)
            guard let end = text.endOfValue(from: start) else { return elements }
            elements.append(text[start..<end])
            position = text.skippingWhitespace(from: end)
        } while text.byte(at: position) == UInt8(ascii: ",")
        return elements
    }
}

extension ArraySlice<UInt8> {
    fileprivate func byte(at position: Int) -> UInt8? { position < endIndex ? self[position] : nil }

    fileprivate func skippingWhitespace(from start: Int) -> Int {
        var position = start
        while let byte = byte(at: position), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
        return position
    }

    /// The position after a string that begins at `start`; `nil` where it does not end.
    fileprivate func endOfString(from start: Int) -> Int? {
        var position = start + 1
        while let byte = byte(at: position) {
            switch byte {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    /// The position after a value that begins at `start`; `nil` where it does not end, or there is none.
    private func endOfScalar(from start: Int) -> Int? {
        let ends: [UInt8] = [0x20, 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")]
        var position = start
        while let byte = byte(at: position) {
            if ends.contains(byte) { return position > start ? position : nil }
            position += 1
        }
        return nil
    }

    /// The position after a value that begins at `start`; `nil` where it does not end, or there is none.
    fileprivate func endOfValue(from start: Int) -> Int? {
        var position = start
        var depth = 0
        while let byte = byte(at: position) {
            switch byte {
            case UInt8(ascii: "\""):
                guard let end = endOfString(from: position) else { return nil }
                position = end
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            default:
                guard depth > 0 else { return endOfScalar(from: position) }
                position += 1
            }
            if depth <= 0 { return depth == 0 ? position : nil }
        }
        return nil
    }
}
