import BenchmarkData
import Foundation
import PERKModel

/// A predictions file that another evaluation wrote, or that cannot be resumed.
public struct PredictionLogError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "\(path): \(problem)" }
}

/// The predictions of an evaluation as JSON Lines, below a line that says what is evaluated.
///
/// A line goes out whole before the next document, so an interrupted evaluation resumes behind the last line.
public struct PredictionLog {
    /// What an evaluation must have in common with the one that it resumes.
    public struct Heading: Codable, Equatable, Sendable {
        /// The model's path and the digest of its recipe.
        public let model: String
        public let recipe: String
        public let options: EvaluationOptions
        public let cells: [Cell]
        /// What makes the answers' confidences, which the recipe does not tell.
        public let calibration: Calibration?

        public init(
            model: String, recipe: String, options: EvaluationOptions, cells: [EvaluationCell],
            calibration: Calibration? = nil
        ) {
            (self.model, self.recipe, self.options) = (model, recipe, options)
            self.calibration = calibration
            self.cells = cells.map {
                Cell(name: $0.name, documents: $0.documents, source: $0.source.identity)
            }
        }

        /// What the predictions of a cell are about: documents of a source that no other has, whatever it is called.
        public struct Cell: Codable, Equatable, Sendable {
            public let name: String
            public let documents: Int
            public let source: SourceIdentity
        }
    }

    /// The form of the prompts, once it is chosen.
    public private(set) var choice: PromptFormChoice?
    /// All predictions so far, in the order in which they were made.
    public private(set) var predictions: [Prediction] = []
    private var known: Set<Prediction.Key> = []
    private let path: String?
    private let handle: FileHandle?

    /// A log in memory.
    public init() { (path, handle) = (nil, nil) }

    /// A log in a file, which is resumed where it is there. A last line that was cut off is dropped.
    ///
    /// - Throws: `PredictionLogError`.
    public init(path: String, heading: Heading) throws {
        self.path = path
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try Self.line(heading).write(to: URL(fileURLWithPath: path))
            }
            handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        } catch {
            throw PredictionLogError(
                path: path, problem: "cannot be written (\(error.localizedDescription)); check the output directory")
        }
        try readBack(expecting: heading)
    }

    private mutating func readBack(expecting heading: Heading) throws {
        guard let path, let handle else { return }
        let data = try handle.readToEnd() ?? Data()
        let decoder = JSONDecoder()
        var length = 0
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard length + line.count < data.count else { break }
            do {
                if index == 0 {
                    guard (try? decoder.decode(Heading.self, from: line)) == heading else {
                        throw PredictionLogError(
                            path: path,
                            problem:
                                "belongs to an evaluation of another model, other documents or other options; give the "
                                + "same as then to resume it, or another output directory")
                    }
                } else if let choice = try? decoder.decode(PromptFormChoice.self, from: line) {
                    self.choice = choice
                } else {
                    note(try decoder.decode(Prediction.self, from: line))
                }
            } catch let error as DecodingError {
                throw PredictionLogError(
                    path: path, problem: "line \(index + 1) is no prediction (\(error)); remove the line or the file")
            }
            length += line.count + 1
        }
        try handle.truncate(atOffset: UInt64(length))
        try handle.seek(toOffset: UInt64(length))
        if length == 0 { try handle.write(contentsOf: Self.line(heading)) }
    }

    private mutating func note(_ prediction: Prediction) {
        predictions.append(prediction)
        known.insert(prediction.key)
    }

    func holds(_ key: Prediction.Key) -> Bool { known.contains(key) }

    /// - Throws: `PredictionLogError`.
    mutating func record(_ choice: PromptFormChoice) throws {
        self.choice = choice
        try write(choice)
    }

    /// - Throws: `PredictionLogError`.
    mutating func append(_ prediction: Prediction) throws {
        note(prediction)
        try write(prediction)
    }

    private func write(_ value: some Encodable) throws {
        do {
            try handle?.write(contentsOf: Self.line(value))
        } catch {
            throw PredictionLogError(
                path: path ?? "", problem: "cannot be written (\(error.localizedDescription)); check the disk")
        }
    }

    private static func line(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value) + Data("\n".utf8)
    }
}
