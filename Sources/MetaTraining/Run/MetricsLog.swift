import Foundation

/// Why the metrics could not be written.
public struct MetricsLogError: Error, Equatable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String {
        "\(path): \(problem)"
    }
}

/// A file with one JSON object on a line for each step (JSON Lines), each written out before the next step begins.
///
/// A run that is interrupted and resumed leaves the same file as one that is not, provided that the figures themselves
/// are the same: lines of steps behind the checkpoint that the run resumes from are dropped first.
struct MetricsLog {
    private let path: String
    private let handle: FileHandle

    /// Opens the log at `path`, making it where there is none.
    /// - Parameter step: the last step to keep; nil begins a new run and drops everything.
    /// - Throws: `MetricsLogError`.
    init(path: String, resumingAfter step: Int? = nil) throws {
        self.path = path
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try Data().write(to: URL(fileURLWithPath: path))
            }
            handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            let kept = try step.map { try Self.lengthOfLines(upTo: $0, in: handle.readToEnd() ?? Data(), path: path) }
            try handle.truncate(atOffset: UInt64(kept ?? 0))
            try handle.seekToEnd()
        } catch let error as MetricsLogError {
            throw error
        } catch {
            throw MetricsLogError(
                path: path, problem: "cannot be opened (\(error.localizedDescription)); check the output directory")
        }
    }

    /// Appends a line with `step` and the figures' own keys. Numbers that are not finite are written as text.
    /// - Throws: `MetricsLogError`.
    func append(step: Int, _ figures: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            try handle.write(contentsOf: encoder.encode(MetricsLine(step: step, figures: figures)) + Data("\n".utf8))
        } catch {
            throw MetricsLogError(
                path: path, problem: "step \(step) cannot be written (\(error.localizedDescription)); check the disk")
        }
    }

    /// The number of bytes before the first line of a later step. A last line that was cut off ends the count too.
    private static func lengthOfLines(upTo step: Int, in data: Data, path: String) throws -> Int {
        var length = 0
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard length + line.count < data.count else { break }
            guard let found = try? JSONDecoder().decode(MetricsStep.self, from: line).step else {
                let problem = "line \(index + 1) is not an object with a step; move the file away or correct the line"
                throw MetricsLogError(path: path, problem: problem)
            }
            guard found <= step else { break }
            length += line.count + 1
        }
        return length
    }
}

/// An evaluation as it stands in the metrics file: each figure by the name of the set.
struct EvaluationFigures: Encodable {
    let stage: String
    let accuracy: [String: Double]
    let loss: [String: Double]
    let tokens: [String: Double]
    let questions: [String: Int]

    init(_ evaluation: Evaluation, stage: String) {
        self.stage = stage
        accuracy = evaluation.sets.mapValues(\.accuracy)
        loss = evaluation.sets.mapValues(\.loss)
        tokens = evaluation.sets.mapValues(\.tokens)
        questions = evaluation.sets.mapValues(\.questions)
    }
}

/// What a line must hold to be found again.
private struct MetricsStep: Codable {
    let step: Int
}

/// The step and the figures, side by side in one object.
private struct MetricsLine<Figures: Encodable>: Encodable {
    let step: Int
    let figures: Figures

    func encode(to encoder: any Encoder) throws {
        try figures.encode(to: encoder)
        try MetricsStep(step: step).encode(to: encoder)
    }
}
