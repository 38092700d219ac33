import Foundation
import HTMLReports
import PERKModel

/// What a calibration is worth, measured on answers that it was not fitted to.
public struct CalibrationReport {
    /// Of the bare probability of the answers' tokens, the exponential of their mean logarithm.
    public let before: TrustFigures
    public let after: TrustFigures
    /// Of each signal by itself, and of the calibration without it.
    public let signals: [(signal: AnswerSignal, alone: Worth, without: Worth?)]

    /// How good a calibration is.
    public struct Worth: Sendable, Equatable {
        /// The mean of -ln of the probability given to what was the case.
        public let logLoss: Double
        public let figures: TrustFigures
    }

    /// - Parameters:
    ///   - fitted: what `calibration` was fitted to.
    ///   - checked: others.
    /// - Throws: `CalibrationError`.
    public init?(_ calibration: Calibration, fitted: [JudgedAnswer], checked: [JudgedAnswer]) throws {
        func worth(_ confidence: (JudgedAnswer) -> Double?) -> Worth? {
            let answers = checked.compactMap { answer in
                confidence(answer).map { ConfidentAnswer(confidence: $0, isRight: answer.isRight) }
            }
            guard let figures = TrustFigures(answers) else { return nil }
            let loss = answers.reduce(0) { $0 - log(max(1e-15, $1.isRight ? $1.confidence : 1 - $1.confidence)) }
            return Worth(logLoss: loss / Double(answers.count), figures: figures)
        }
        func worth(of signals: [AnswerSignal]) throws -> Worth? {
            guard !signals.isEmpty else { return nil }
            let calibration = try Calibration(fitting: fitted, signals: signals, documents: calibration.documents)
            return worth { calibration.confidence($0.signals) }
        }
        guard let before = worth({ $0.signals[.meanLogProbability].map(exp) }),
            let after = worth({ calibration.confidence($0.signals) })
        else { return nil }
        (self.before, self.after) = (before.figures, after.figures)
        let measured = AnswerSignal.allCases.filter { signal in fitted.contains { $0.signals[signal] != nil } }
        signals = try measured.compactMap { signal in
            guard let alone = try worth(of: [signal]) else { return nil }
            let others = calibration.signals.filter { $0 != signal }
            let isUsed = others.count < calibration.signals.count
            return (signal, alone, isUsed ? try worth(of: others) : nil)
        }
    }

    /// Lines for a person.
    public var text: String {
        let heading = Self.row("signal", "alone: log loss", "ROC area", "without it: log loss", "ROC area")
        let rows = signals.map { signal, alone, without in
            Self.row(
                signal.rawValue, Self.text(alone.logLoss), Self.text(alone.figures.rocArea),
                Self.text(without?.logLoss), Self.text(without?.figures.rocArea))
        }
        return ([heading] + rows).joined() + """
            before, the mean token's probability as the \(before.description)
            after, the calibrated \(after.description)

            """
    }

    private static func row(_ cells: String...) -> String {
        cells.enumerated().map { column, cell in
            let space = String(repeating: " ", count: max(0, 22 - cell.count))
            return column == 0 ? cell + space : space + cell
        }.joined() + "\n"
    }

    private static func text(_ value: Double?) -> String { value.map { Decimals.text($0, places: 4) } ?? "–" }
}
