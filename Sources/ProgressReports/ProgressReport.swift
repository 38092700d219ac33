import Foundation

/// Shows progress while a loop runs: a bar that redraws itself on a terminal, a line now and then elsewhere.
public struct ProgressReport {
    /// Where the report is written.
    enum Style: Equatable {
        /// A bar, as wide as the terminal.
        case bar(width: Int)
        /// Plain lines.
        case lines
    }

    private let style: Style
    private let interval: Duration
    private let now: () -> Duration
    private let write: (String) -> Void
    private let start: Duration
    private var line: ProgressLine
    private var lastShown: Duration?

    /// A report that writes through `write` at most once in `interval`; `now` is a clock that only goes forward.
    init(
        title: String, unit: String = "step", total: Int, resumedFrom: Int = 0, style: Style, interval: Duration,
        now: @escaping () -> Duration, write: @escaping (String) -> Void
    ) {
        self.style = style
        self.interval = interval
        self.now = now
        self.write = write
        self.start = now()
        self.line = ProgressLine(
            title: title, unit: unit, completed: resumedFrom, total: total, resumedFrom: resumedFrom, elapsed: .zero)
    }

    /// A report on standard error: ten times a second on a terminal, otherwise once in `lineInterval`.
    ///
    /// - Parameters:
    ///   - unit: what is counted, in the singular.
    ///   - resumedFrom: what an earlier, interrupted run did; the rate does not count it.
    public static func onStandardError(
        title: String, unit: String = "step", total: Int, resumedFrom: Int = 0, lineInterval: Duration = .seconds(30)
    ) -> ProgressReport {
        let style: Style = isatty(STDERR_FILENO) == 1 ? .bar(width: terminalWidth()) : .lines
        let clock = ContinuousClock()
        let origin = clock.now
        return ProgressReport(
            title: title, unit: unit, total: total, resumedFrom: resumedFrom, style: style,
            interval: style == .lines ? lineInterval : .milliseconds(100), now: { origin.duration(to: clock.now) },
            write: { FileHandle.standardError.write(Data($0.utf8)) })
    }

    /// Notes that `completed` steps are done, the last of which took so many tokens, and shows it when it is time to.
    public mutating func update(completed: Int, tokens: Int = 0, figures: String = "") {
        line.completed = completed
        line.tokens += tokens
        line.figures = figures
        line.elapsed = now() - start
        if let lastShown, line.elapsed - lastShown < interval { return }
        lastShown = line.elapsed
        show()
    }

    /// Writes a message on a line of its own, above the bar where there is one.
    public func announce(_ message: String) {
        switch style {
        case .bar:
            write("\(Self.clearLine)\(message)\n")
            show()
        case .lines:
            write("\(message)\n")
        }
    }

    /// Shows the last state, and leaves it standing.
    public mutating func finish() {
        line.elapsed = now() - start
        show()
        if case .bar = style { write("\n") }
    }

    private func show() {
        switch style {
        case .bar(let width): write("\(Self.clearLine)\(line.bar(width: width - 1))")
        case .lines: write("\(line.plain)\n")
        }
    }

    /// Back to the first column, and erase to the end of the line (ECMA-48).
    private static let clearLine = "\r\u{1B}[K"

    private static func terminalWidth() -> Int {
        var size = winsize()
        // ioctl fills the structure that it is given a pointer to, and no more.
        let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? Int(size.ws_col) : 80
    }
}
