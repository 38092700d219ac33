import Testing

@testable import ProgressReports

@Suite struct ProgressTests {
    private let line = ProgressLine(
        title: "meta", completed: 345, total: 1000, resumedFrom: 100, elapsed: .seconds(100), figures: "loss 0.513")

    @Test func lineShowsCountsRateFiguresAndTimes() {
        // 245 steps in 100 s; 655 steps are left.
        #expect(line.plain == "meta 345/1000 34%  2.45 steps/s  loss 0.513  1m40s elapsed  4m27s left")
    }

    @Test func otherThingsThanStepsAreCounted() {
        var line = ProgressLine(
            title: "eval", unit: "document", completed: 4, total: 8, elapsed: .seconds(2), figures: "qa1")
        #expect(line.plain == "eval 4/8 50%  2.00 documents/s  qa1  2s elapsed  2s left")
        line.elapsed = .seconds(8)
        #expect(line.plain == "eval 4/8 50%  2.00 s/document  qa1  8s elapsed  8s left")
    }

    @Test func barFitsTheTerminal() {
        let wide = line.bar(width: 120)
        #expect(wide == "meta [##########--------------------] " + line.plain.dropFirst(5))
        for width in 0...200 {
            #expect(line.bar(width: width).count <= width)
        }
        #expect(line.bar(width: 30) == "meta 345/1000 34%  2.45 steps/")
    }

    @Test func beginningAndEndAreDefined() {
        var line = ProgressLine(title: "base", completed: 0, total: 4, elapsed: .zero)
        #expect(line.plain == "base 0/4 0%  0s elapsed")
        line.completed = 4
        line.elapsed = .seconds(10)
        #expect(line.plain == "base 4/4 100%  2.50 s/step  10s elapsed  0s left")
        line.completed = 5
        #expect(line.remaining == .zero)
        line.total = 0
        #expect(line.plain.hasPrefix("base 5/0 100%"))
    }

    @Test(arguments: [
        (0, "0s"), (59, "59s"), (60, "1m00s"), (3599, "59m59s"), (3600, "1h00m"), (86_399, "23h59m"),
        (86_400, "1d00h"), (1_000_000, "11d13h"),
    ])
    func durationsAreShort(seconds: Int, text: String) {
        #expect(ProgressLine.text(.seconds(seconds)) == text)
    }

    @Test func linesAreSparse() {
        let output = Recorder()
        var report = output.report(style: .lines, interval: .seconds(30))
        for step in 1...100 {
            output.time += .seconds(1)
            report.update(completed: step, figures: "loss 1")
        }
        report.announce("accuracy 0.9")
        report.finish()
        #expect(output.text.split(separator: "\n").count == 6)
        #expect(output.text.hasPrefix("meta 1/100 1%  1.00 steps/s  loss 1  1s elapsed  1m39s left\n"))
        #expect(output.text.contains("\nmeta 91/100"))
        let end = "accuracy 0.9\nmeta 100/100 100%  1.00 steps/s  loss 1  1m40s elapsed  0s left\n"
        #expect(output.text.hasSuffix(end))
        #expect(!output.text.contains("\u{1B}"))
    }

    @Test func barRedrawsInPlace() {
        let output = Recorder()
        var report = output.report(style: .bar(width: 80), interval: .milliseconds(100))
        output.time += .seconds(1)
        report.update(completed: 1)
        output.time += .milliseconds(50)
        report.update(completed: 2)
        #expect(output.text.split(separator: "\r").count == 1)
        report.announce("saved")
        #expect(output.text.contains("\r\u{1B}[Ksaved\n\r\u{1B}[Kmeta ["))
        report.finish()
        #expect(output.text.contains(" 2/100 2%  "))
        #expect(output.text.hasSuffix("left\n"))
    }
}

/// A clock that is set by hand, and a place to write to.
private final class Recorder {
    var time = Duration.seconds(1000)
    var text = ""

    func report(style: ProgressReport.Style, interval: Duration) -> ProgressReport {
        ProgressReport(
            title: "meta", total: 100, style: style, interval: interval, now: { self.time },
            write: { self.text += $0 })
    }
}
