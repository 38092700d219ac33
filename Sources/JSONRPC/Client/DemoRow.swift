import Foundation
import StrictJSON

/// One line of the table of answers.
package struct DemoRow: Equatable {
    let question: String
    let answer: String
    let expected: String
    let seconds: Double
    let isCached: Bool

    /// Whether the answer is the expected one, but for case, surrounding space and a final period.
    package var isRight: Bool {
        Self.normalized(answer) == Self.normalized(expected)
    }

    private static func normalized(_ answer: String) -> String {
        let trimmed = answer.trimmingCharacters(in: .whitespacesAndNewlines)
        let withoutPeriod = trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
        return withoutPeriod.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }

    /// The rows under a heading, in columns as wide as their widest text; wrong ones are marked at their end.
    package static func table(_ rows: [DemoRow]) -> String {
        let heading = ["question", "answer", "expected", "seconds", "cached"]
        let lines = [heading] + rows.map(\.columns)
        let widths = heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let padded = zip(line.dropLast(), widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return (padded + line.suffix(1)).joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private var columns: [String] {
        let cached = isCached ? "yes" : "no"
        return [
            question.onOneLine, answer.onOneLine, expected.onOneLine, String(format: "%.3f", seconds),
            isRight ? cached : cached.padding(toLength: 8, withPad: " ", startingAt: 0) + "← wrong",
        ]
    }
}

extension ServingProcess {
    /// Submits the example's document and asks its questions.
    package func rows(for example: DemoExample) throws -> [DemoRow] {
        let submitted = try result(
            of: "documents/submit",
            ["text": .string(example.text), "name": .string(example.name)],
            as: SubmitResult.self)
        return try example.questions.map { question in
            let asked = try result(
                of: "questions/ask",
                ["document": .string(submitted.document), "question": .string(question.question)],
                as: AskResult.self)
            return DemoRow(
                question: question.question, answer: asked.answer, expected: question.answer,
                seconds: asked.seconds.total, isCached: submitted.cached)
        }
    }
}

/// The part of the result of `documents/submit` that the table needs.
private struct SubmitResult: Decodable {
    let document: String
    let cached: Bool
}

/// The part of the result of `questions/ask` that the table needs.
private struct AskResult: Decodable {
    struct Seconds: Decodable {
        let total: Double
    }

    let answer: String
    let seconds: Seconds
}

extension String {
    /// The text with each line break made a space.
    package var onOneLine: String {
        split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
