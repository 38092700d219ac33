import HTMLReports
import PERKModel

/// The answers of each method that a reader should look at first: those with the lowest scores and, of equal scores, the
/// ones that the model is surest of.
struct WorstAnswers {
    /// How many are shown of a method, at most.
    static let count = 10

    /// The most characters of a question or an answer that are shown.
    private static let shownCharacters = 160

    private let predictions: [Prediction]

    init(_ predictions: [Prediction]) { self.predictions = predictions }

    /// An answer with the document that it is about.
    struct Entry {
        let prediction: Prediction
        let outcome: Prediction.Outcome
    }

    /// Those of a method, the worst first; none of them is wholly right.
    func entries(of method: EvaluationMethod) -> [Entry] {
        let wrong = predictions.filter { $0.method == method }.flatMap { prediction in
            prediction.outcomes.filter { $0.score < 1 }.map { Entry(prediction: prediction, outcome: $0) }
        }
        // The place decides between equals, so that a report is the same each time it is made.
        let ranked = wrong.enumerated().sorted {
            let (first, second) = ($0.element.outcome, $1.element.outcome)
            return (first.score, -(first.confidence ?? 0), $0.offset)
                < (second.score, -(second.confidence ?? 0), $1.offset)
        }
        return ranked.prefix(Self.count).map(\.element)
    }

    /// `nil` where every answer is right.
    var section: HTMLPage.Section? {
        let tables = EvaluationMethod.allCases.compactMap(table)
        guard !tables.isEmpty else { return nil }
        let note: Markup = "The \(Self.count) lowest scores of each method; of equal ones the surest answers."
        return HTMLPage.Section("Worst answers", [.note(note)] + tables)
    }

    private func table(of method: EvaluationMethod) -> Markup? {
        let entries = entries(of: method)
        guard !entries.isEmpty else { return nil }
        return Table(
            "The worst answers of \(method.rawValue)",
            columns: [
                .init("\(method.rawValue), documents"), .init("question"), .init("accepted"), .init("answer"),
                .init("score", isNumeric: true), .init("confidence", isNumeric: true),
            ],
            rows: entries.map { entry in
                [
                    "\(entry.prediction.cell), \(entry.prediction.identifier ?? "\(entry.prediction.document + 1)")",
                    entry.outcome.question, entry.outcome.answers.joined(separator: " | "),
                    entry.prediction.failure.map { "failed: \($0)" } ?? entry.outcome.output,
                    Decimals.text(entry.outcome.score, places: 3),
                    entry.outcome.confidence.map { Decimals.text($0, places: 3) } ?? "–",
                ].map { Markup(text: Self.shortened($0)) }
            }
        ).markup
    }

    private static func shortened(_ text: String) -> String {
        text.count > shownCharacters ? "\(text.prefix(shownCharacters))…" : text
    }
}
