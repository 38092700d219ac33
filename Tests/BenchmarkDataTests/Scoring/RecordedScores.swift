import BenchmarkData
import BenchmarkDataSupport
import Foundation

/// An output with the score that an independent implementation gives it (Fixtures/metrics/record.py).
struct RecordedScore: Decodable {
    let metric, output: String
    let answers: [String]
    let score: Double
    let question, task: String?
    let labels: [String]?

    var rowQuestion: DocumentQuestion {
        DocumentQuestion(question: question ?? "", answers: answers, labels: labels ?? [])
    }

    static let all = Result { try JSONDecoder().decode([RecordedScore].self, from: metricsFixture("scores.json")) }
}
