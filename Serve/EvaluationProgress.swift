import Foundation
import LongContextBenchmarks

/// Tells on standard error how far an evaluation has come: on a terminal in a line that is redrawn, otherwise in one line
/// every half a minute.
struct EvaluationProgress {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    /// What was done when it began; an evaluation that is gone on with has documents done already, in no time.
    private var first: Int?
    private var lastShown: ContinuousClock.Instant?

    mutating func show(_ progress: BatchEvaluation.Progress) {
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < (isTerminal ? .milliseconds(100) : .seconds(30)) { return }
        if lastShown == nil { first = progress.completed }
        lastShown = now
        let text = Self.text(progress, since: first ?? 0, elapsed: now - start)
        write(isTerminal ? "\r\(text)\u{1B}[K" : "\(text)\n")
    }

    /// Clears the line.
    func finish() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    static func text(_ progress: BatchEvaluation.Progress, since first: Int, elapsed: Duration) -> String {
        let done = "eval \(progress.completed)/\(progress.documents) documents, \(progress.cell)"
        let seconds = elapsed / .seconds(1)
        guard progress.completed > first, seconds > 0 else { return done }
        let rate = Double(progress.completed - first) / seconds
        let left = Int(Double(progress.documents - progress.completed) / rate)
        return done + String(format: ", %.2f documents/s, %dm%02ds left", rate, left / 60, left % 60)
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
