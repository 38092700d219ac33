import Foundation

@testable import BenchmarkData

/// Answers questions about a document from its text alone, with regular expressions made from the world's phrasings.
/// It shares nothing with the generator but those phrasings.
struct FactsSolver {
    private let attributes: [(values: [String], statements: [String], questions: [NSRegularExpression])]

    init(world: FactsWorld) throws {
        attributes = try world.kinds.flatMap(\.attributes).map { attribute in
            let questions = try attribute.questions.map { question in
                let escaped = Self.escaped(question.source).replacingOccurrences(of: "\\{entity\\}", with: "(.+)")
                return try NSRegularExpression(pattern: "^\(escaped)$")
            }
            return (attribute.values, attribute.statements.map { Self.escaped($0.source) }, questions)
        }
    }

    /// Every answer that the text gives: one where the document is sound, none where it does not say.
    func answers(to question: String, in text: String) throws -> [String] {
        var answers: [String] = []
        for attribute in attributes {
            let values = attribute.values.map(Self.escaped).joined(separator: "|")
            for entity in attribute.questions.flatMap({ Self.captures(of: $0, in: question) }) {
                for statement in attribute.statements {
                    let pattern =
                        statement
                        .replacingOccurrences(of: "\\{entity\\}", with: Self.escaped(entity))
                        .replacingOccurrences(of: "\\{value\\}", with: "(\(values))")
                    let wholeSentence = try NSRegularExpression(pattern: "(?<!\\S)\(pattern)(?!\\S)")
                    answers += Self.captures(of: wholeSentence, in: text)
                }
            }
        }
        return answers
    }

    private static func escaped(_ text: String) -> String { NSRegularExpression.escapedPattern(for: text) }

    /// What the one group of `expression` holds, for each match.
    private static func captures(of expression: NSRegularExpression, in text: String) -> [String] {
        expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
    }
}
