/// Finds where one of some byte strings starts in a text.
struct PrefixSearch {
    /// The strings in the order of their bytes, each once, with the index that it was given at.
    private let strings: [(bytes: ArraySlice<UInt8>, index: Int)]
    /// Whether a string starts with each byte: most places in a text are passed over by this alone.
    private let startsString: [Bool]

    /// Of equal strings, the first counts. None is empty.
    init(_ strings: [ArraySlice<UInt8>]) {
        var indices: [ArraySlice<UInt8>: Int] = [:]
        for (index, string) in strings.enumerated() where indices[string] == nil { indices[string] = index }
        self.strings = indices.map { ($0.key, $0.value) }.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        var startsString = [Bool](repeating: false, count: 256)
        for first in strings.compactMap(\.first) { startsString[Int(first)] = true }
        self.startsString = startsString
    }

    /// The leftmost string in a part of a text, and of those that start there the longest.
    func firstMatch(in text: [UInt8], from start: Int, to end: Int) -> (range: Range<Int>, index: Int)? {
        for position in start..<end where startsString[Int(text[position])] {
            if let match = longestMatch(in: text, at: position, to: end) { return match }
        }
        return nil
    }

    private func longestMatch(in text: [UInt8], at start: Int, to end: Int) -> (range: Range<Int>, index: Int)? {
        var longest: (range: Range<Int>, index: Int)?
        // The strings that begin with the text up to `index`; the string that ends there comes first.
        var candidates = 0..<strings.count
        for index in start..<end {
            let depth = index - start
            func firstCandidate(notBelow byte: Int) -> Int {
                var range = candidates
                while !range.isEmpty {
                    let middle = range.lowerBound + range.count / 2
                    let bytes = strings[middle].bytes
                    if Int(bytes[bytes.startIndex + depth]) < byte {
                        range = middle + 1..<range.upperBound
                    } else {
                        range = range.lowerBound..<middle
                    }
                }
                return range.lowerBound
            }
            let byte = Int(text[index])
            candidates = firstCandidate(notBelow: byte)..<firstCandidate(notBelow: byte + 1)
            guard let first = candidates.first else { break }
            if strings[first].bytes.count == depth + 1 {
                longest = (start..<index + 1, strings[first].index)
                candidates.removeFirst()
            }
        }
        return longest
    }
}
