import Foundation

/// How far a task with a known number of steps has come, as one line of text.
struct ProgressLine: Equatable {
    /// What is going on.
    var title: String
    /// What is counted, in the singular.
    var unit = "step"
    /// The number of steps done, those of an earlier, interrupted run included.
    var completed: Int
    /// The number of steps in all.
    var total: Int
    /// The number of steps that an earlier run did; the rate does not count them.
    var resumedFrom = 0
    /// The number of tokens that this run's steps took.
    var tokens = 0
    /// The time since this run began.
    var elapsed: Duration
    /// Figures to show beside the rate, such as `loss 0.513`.
    var figures = ""

    /// Steps in a second, or nil before the first step is done.
    var rate: Double? {
        let seconds = elapsed / .seconds(1)
        guard completed > resumedFrom, seconds > 0 else { return nil }
        return Double(completed - resumedFrom) / seconds
    }

    /// The time that the remaining steps take at the rate so far, or nil before the first step is done.
    var remaining: Duration? {
        rate.map { .seconds(Double(max(0, total - completed)) / $0) }
    }

    /// The line with a bar, as wide as fits `width` columns. Where the words alone are too long, they are cut.
    func bar(width: Int) -> String {
        let words = " \(counts)  \(details)"
        let room = width - title.count - words.count - 3
        guard room >= 5 else { return String("\(title)\(words)".prefix(max(0, width))) }
        let barWidth = min(room, 30)
        let filled = Int(Double(barWidth) * fraction)
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled)
        return "\(title) [\(bar)]\(words)"
    }

    /// The line for a log, without a bar.
    var plain: String {
        "\(title) \(counts)  \(details)"
    }

    private var fraction: Double {
        total > 0 ? min(1, max(0, Double(completed) / Double(total))) : 1
    }

    private var counts: String {
        "\(completed)/\(total) \(Int(100 * fraction))%"
    }

    private var details: String {
        let rateText = rate.map {
            $0 >= 1 ? String(format: "%.2f %@s/s", $0, unit) : String(format: "%.2f s/%@", 1 / $0, unit)
        }
        let tokenText = rate.flatMap { _ in
            tokens > 0 ? "\(Self.text(Double(tokens) / (elapsed / .seconds(1)))) tokens/s" : nil
        }
        let remainingText = remaining.map { "\(Self.text($0)) left" }
        let elapsedText = "\(Self.text(elapsed)) elapsed"
        return [rateText, tokenText, figures, elapsedText, remainingText].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: "  ")
    }

    /// A rate in three digits: `0.52`, `85.3`, `12.3k`, `1.20M`.
    private static func text(_ rate: Double) -> String {
        let (scaled, unit) = rate < 1e3 ? (rate, "") : rate < 1e6 ? (rate / 1e3, "k") : (rate / 1e6, "M")
        return String(format: scaled < 10 ? "%.2f%@" : scaled < 100 ? "%.1f%@" : "%.0f%@", scaled, unit)
    }

    /// A duration to the second: `45s`, `2m05s`, `3h00m`, `12d03h`.
    static func text(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        func two(_ number: Int64) -> String { String(format: "%02lld", number) }
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m\(two(seconds % 60))s"
        case ..<86_400: "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
        default: "\(seconds / 86_400)d\(two(seconds / 3600 % 24))h"
        }
    }
}
