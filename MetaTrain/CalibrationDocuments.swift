import BenchmarkData
import QuestionAnswering
import Tensors
import Tokenization

/// Where the documents of a calibration come from; each is drawn once.
struct CalibrationDocuments {
    private enum Origin {
        case stage(StageDocuments)
        case file(RowFile, next: Int)
    }

    private var origin: Origin

    /// Documents as the last stage of a curriculum has them at its end, from random streams that neither training nor
    /// evaluation draws from.
    ///
    /// - Throws: `CalibrationSourceError` where the stage takes rows of a file; what its generators throw.
    init(_ configuration: TrainingConfiguration, for model: AnsweringModel, seed: UInt64) throws {
        guard let stage = configuration.curriculum.last else { preconditionFailure("a curriculum has a stage") }
        if let path = stage.mixture.compactMap(\.path).first {
            throw CalibrationSourceError(
                problem: "stage \(stage.name) takes rows of \(path), any of which training may have seen: give --file "
                    + "with rows of their own instead of --config")
        }
        origin = .stage(
            try StageDocuments(
                stage, texts: configuration.clozeSentences(), tokenizer: model.tokenizer, seed: seed))
    }

    /// The rows of a file in their order, of which there must be so many.
    ///
    /// - Throws: `RowError`; `CalibrationSourceError` where there are fewer.
    init(file path: String, format: RowFormat?, count: Int) throws {
        let file = try RowFile(path: path, format: format)
        guard file.count >= count else {
            throw CalibrationSourceError(
                problem: "\(path) has \(file.count) rows, and --documents and --check want \(count): lower them, or "
                    + "give more rows")
        }
        origin = .file(file, next: 0)
    }

    /// The next document, with the rule that its answers are scored by.
    ///
    /// - Throws: `GeneratorError`, `RowError`, or `CalibrationSourceError` for a row without a rule.
    mutating func next() throws -> (row: QADocument, metric: Metric) {
        switch origin {
        case .stage(var stage):
            defer { origin = .stage(stage) }
            return try stage.next()
        case .file(let file, let next):
            origin = .file(file, next: next + 1)
            let row = try file.row(at: next)
            guard let metric = file.format.metric(row.fields.task) else {
                throw CalibrationSourceError(
                    problem: "\(file.path): its benchmark's own measure is not available; give other rows")
            }
            return (row, metric)
        }
    }
}

/// Documents for a calibration that cannot be had.
struct CalibrationSourceError: Error, Equatable, CustomStringConvertible {
    let problem: String

    var description: String { problem }
}

/// The documents of a stage at its end, part by part of its mixture.
private struct StageDocuments {
    private let mixture: [MixturePart]
    private var facts: FactsGenerator
    /// In the places of the parts; `nil` where a part takes the stage's own documents.
    private var generators: [(any DocumentGenerator)?]
    private var origins: RandomSource

    /// - Parameter texts: the sentences of the texts that the configuration names, by their paths.
    init(_ stage: CurriculumStage, texts: [String: [String]], tokenizer: any Tokenizer, seed: UInt64) throws {
        mixture = stage.mixture
        facts = try FactsGenerator(
            settings: stage.documents(afterSteps: stage.maximumSteps), seed: seed, split: .calibration)
        generators = try stage.mixture.map { part in
            var settings = part.generatorSettings(
                afterSteps: stage.maximumSteps, split: .calibration, tokenizer: tokenizer, texts: texts)
            settings.seed = seed
            return try part.task?.generator(settings: settings)
        }
        origins = RandomSource(seed: seed, stream: DataSplit.calibration.rawValue << 32)
    }

    mutating func next() throws -> (row: QADocument, metric: Metric) {
        guard let place = TrainingData.place(in: mixture, using: &origins), var generator = generators[place] else {
            return (QADocument(facts.document()), GeneratedTask.facts.metric)
        }
        defer { generators[place] = generator }
        return (try generator.row(), generator.task.metric)
    }
}
