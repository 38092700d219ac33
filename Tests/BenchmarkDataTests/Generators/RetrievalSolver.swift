import Foundation

/// Finds what needles and descriptions of interfaces say, in their text alone.
enum RetrievalSolver {
    /// The calls of all interfaces that are made for what the instruction asks for.
    static func calls(for instruction: String, in segments: [String]) -> [String] {
        guard let range = instruction.range(of: "an interface that can ") else { return [] }
        let purpose = instruction[range.upperBound...].dropLast()
        return segments.compactMap { segment in
            guard segment.hasSuffix("description: Made to \(purpose)."),
                let open = segment.range(of: "<api>"), let close = segment.range(of: "</api>")
            else { return nil }
            return String(segment[open.upperBound..<close.lowerBound])
        }
    }

    /// The values that the text has for the keys of the question: key by key.
    static func values(for question: String, in text: String) -> [String] {
        guard let range = question.range(of: " of ") else { return [] }
        let keys = question[range.upperBound...].dropLast().components(separatedBy: ", ")
            .flatMap { $0.components(separatedBy: " and ") }
        var values: [String: [String]] = [:]
        for sentence in text.components(separatedBy: ". ") where sentence.contains(" secret ") {
            let words = sentence.split(whereSeparator: { " .".contains($0) }).map(String.init)
            guard words.count == 7, words[3] == "of", words[5] == "is" else { continue }
            values[words[4], default: []].append(words[6])
        }
        return keys.flatMap { values[$0] ?? [] }
    }
}
