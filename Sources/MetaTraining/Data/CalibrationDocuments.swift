import BenchmarkData
import PERKModel
import SeededRandom
import Tokenization

/// The documents of a calibration; each is drawn once.
public struct CalibrationDocuments {
    private var stream: any DocumentStream

    /// Documents as the last stage of a curriculum has them at its end, from random streams that neither training nor
    /// evaluation draws from.
    ///
    /// - Throws: `CalibrationSourceError` where the stage takes rows of a file; what its generators throw.
    public init(_ configuration: TrainingConfiguration, for model: AnsweringModel, seed: UInt64) throws {
        guard let stage = configuration.curriculum.last else { preconditionFailure("a curriculum has a stage") }
        if let path = stage.mixture.compactMap(\.path).first {
            throw CalibrationSourceError.rowsOfTraining(stage: stage.name, path: path)
        }
        let texts = try configuration.clozeSentences()
        let parts = stage.parts.map { part in
            MixtureSource.Part(
                weight: part.weight,
                source: part.source(
                    in: stage, afterSteps: stage.maximumSteps, split: .calibration, tokenizer: model.tokenizer,
                    texts: texts, seed: seed))
        }
        stream = try MixtureSource(parts, seed: seed, stream: DataSplit.calibration.rawValue << 32).documents()
    }

    /// The documents of a file in their order, of which there must be so many.
    ///
    /// - Throws: `RowError`; `CalibrationSourceError` where there are fewer.
    public init(file path: String, format: RowFormat?, count: Int) throws {
        let source = try FileSource(path: path, format: format)
        guard source.documentCount >= count else {
            throw CalibrationSourceError.tooFew(path: path, documents: source.documentCount, wanted: count)
        }
        stream = source.documents(from: 0)
    }

    /// The next document, with the rule that its answers are scored by.
    ///
    /// - Throws: `GeneratorError`, `RowError`, or `UnscoredDocument` for one without a rule.
    public mutating func next() throws -> (document: QADocument, metric: Metric) {
        guard let document = try stream.next() else { preconditionFailure("more documents than there were said to be") }
        return (document, try document.knownMetric())
    }
}

/// Documents for a calibration that cannot be had.
public enum CalibrationSourceError: Error, Equatable, CustomStringConvertible {
    /// The last stage of the curriculum takes rows of a file.
    case rowsOfTraining(stage: String, path: String)
    case tooFew(path: String, documents: Int, wanted: Int)

    public var description: String {
        switch self {
        case .rowsOfTraining(let stage, let path):
            "stage \(stage) takes rows of \(path), any of which training may have seen: give a file with rows of "
                + "their own instead"
        case .tooFew(let path, let documents, let wanted):
            "\(path) has \(documents) documents, and \(wanted) are wanted: want fewer, or give more"
        }
    }
}
