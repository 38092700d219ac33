import Foundation

/// One line of the table of answers.
struct DemoRow: Equatable {
    let question: String
    let answer: String
    let expected: String
    let seconds: Double
    let isCached: Bool

    /// Whether the answer is the expected one, but for case, surrounding space and a final period.
    var isRight: Bool {
        Self.normalized(answer) == Self.normalized(expected)
    }

    private static func normalized(_ answer: String) -> String {
        let trimmed = answer.trimmingCharacters(in: .whitespacesAndNewlines)
        let withoutPeriod = trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
        return withoutPeriod.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }

    /// The rows under a heading, in columns as wide as their widest text.
    static func table(_ rows: [DemoRow]) -> String {
        let heading = ["question", "answer", "expected", "seconds", "cached"]
        let lines = [heading] + rows.map(\.columns)
        let widths = heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let padded = zip(line.dropLast(), widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return (padded + line.suffix(1)).joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private var columns: [String] {
        [
            question.onOneLine, answer.onOneLine, expected.onOneLine, String(format: "%.3f", seconds),
            isCached ? "yes" : "no",
        ]
    }
}

extension String {
    /// The text with each line break made a space.
    var onOneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
