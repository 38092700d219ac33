import ArgumentParser
import BenchmarkData
import Evaluation
import Foundation
import MetaTraining
import PERKModel
import ProgressReports

/// Teaches a model how far its answers can be trusted.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measures how often a model's answers are right, and keeps what makes a confidence of their signals.",
        discussion: """
            The model learns documents that nothing else uses and answers questions about them, some of them about names \
            that the document lacks, to which "unknown" is the right answer. A logistic function of the answers' signals \
            is fitted to which of them are right; perk-serve then gives its value as the confidence of an answer. The \
            length of the longest document and the 99th percentile of the base model's losses become limits, beyond which \
            perk-serve warns when a document is submitted. Both stand in perk.json.

            With --config, documents are drawn as the last stage of the curriculum has them at its end, from random \
            streams of their own; the configuration of a run is resolved.yaml in its directory. With --file, they are the \
            rows of a file that training and evaluation do not see, such as are like those of training.

            Further documents check the result: what is printed is measured on them. Neither calibration nor limits \
            change what a document becomes, so documents in a cache stay valid.

            SIGNALS
              \(AnswerSignal.allCases.map(\.rawValue).joined(separator: ", "))

            EXAMPLES
              perk-meta-train calibrate runs/mine/model --config runs/mine/resolved.yaml
              perk-meta-train calibrate runs/mine/model --file calibration.jsonl --documents 300 --check 100
            """)

    @Argument(help: ArgumentHelp("The directory of a meta-trained model.", valueName: "MODEL"), completion: .directory)
    var model: String

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration that the model was trained by.", valueName: "CONFIG.yaml"))
    var configurationPath: String?

    @OptionGroup var setting: SettingOption

    @Option(help: ArgumentHelp("A file of documents with questions instead.", valueName: "path"))
    var file: String?

    @Option(help: ArgumentHelp("The format of the file (default: guessed by the first row).", valueName: "name"))
    var format: RowFormat?

    @Option(help: ArgumentHelp("How many documents the calibration is fitted to.", valueName: "count"))
    var documents = 500

    @Option(help: ArgumentHelp("How many further documents it is checked on.", valueName: "count"))
    var check = 200

    @Option(
        help: ArgumentHelp("The share of questions about what a document does not say, below 1.", valueName: "share"))
    var absent = 1.0 / 3

    @Option(
        help: ArgumentHelp(
            "The signals that the confidence is made of, separated by commas (default: "
                + "\(AnswerSignal.standard.map(\.rawValue).joined(separator: ","))).", valueName: "list"))
    var signals: SignalList?

    @Option(help: ArgumentHelp("The seed of drawn documents.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The number of threads.", valueName: "count"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        for (name, value, range) in [
            ("--documents", documents, 1...1_000_000), ("--check", check, 0...1_000_000),
            ("--threads", threads, 1...1024),
        ] where !range.contains(value) {
            throw ValidationError("\(name) is \(value): give a number from \(range.lowerBound) to \(range.upperBound).")
        }
        guard absent >= 0, absent < 1 else {
            throw ValidationError("--absent is \(absent): give a share of at least 0 and below 1.")
        }
        guard (configurationPath == nil) != (file == nil) else {
            throw ValidationError("Give the documents by --config or by --file, one of them.")
        }
        guard file != nil || format == nil else {
            throw ValidationError("--format is for the rows of a file: give --file too, or leave --format out.")
        }
        guard configurationPath != nil || setting.settings.isEmpty else {
            throw ValidationError("--set changes a configuration: give --config too, or leave --set out.")
        }
    }

    func run() throws {
        let model = try RunFolder.model(at: model)
        guard AnsweringModel.isMetaTrained(path: model) else {
            throw ValidationError("\(model) is no meta-trained model: give a directory with perk.json.")
        }
        var answering = try AnsweringModel(path: model)
        if let note = answering.use(nil) { PerkMetaTrain.note(note) }
        var source = try documents(for: answering)
        var judge = try AnswerJudge(model: answering, threads: threads, absentShare: absent)
        var progress = ProgressReport.onStandardError(title: "calibrate", unit: "document", total: documents + check)
        var judged: [AnswerJudge.Judged] = []
        while judged.count < documents + check {
            let (document, metric) = try source.next()
            judged.append(try judge.judge(document, by: metric))
            progress.update(completed: judged.count, tokens: judged.last?.tokens ?? 0)
        }
        progress.finish()
        let fitted = judged.prefix(documents), checked = judged.dropFirst(documents)
        let calibration = try Calibration(
            fitting: fitted.flatMap(\.answers), signals: signals?.signals ?? AnswerSignal.standard,
            documents: documents)
        let limits = DocumentLimits(tokens: fitted.map(\.tokens), baseLosses: fitted.map(\.baseLoss))
        try AnsweringModel.calibrate(directory: model, calibration, limits)
        try report(calibration, limits, fitted: Array(fitted), checked: Array(checked))
        try FileHandle.standardOutput.write(contentsOf: Data("written to \(model)/perk.json\n".utf8))
    }

    private func documents(for model: AnsweringModel) throws -> CalibrationDocuments {
        if let file { return try CalibrationDocuments(file: file, format: format, count: documents + check) }
        return try CalibrationDocuments(
            TrainingConfiguration(path: configurationPath ?? "", settings: setting.settings), for: model, seed: seed)
    }

    private func report(
        _ calibration: Calibration, _ limits: DocumentLimits, fitted: [AnswerJudge.Judged],
        checked: [AnswerJudge.Judged]
    ) throws {
        func counts(_ judged: [AnswerJudge.Judged]) -> String {
            let answers = judged.flatMap(\.answers)
            let absent = judged.reduce(0) { $0 + $1.absent }
            return
                "\(answers.count) answers about \(judged.count) documents, \(absent) of them about what these do not "
                + "say, \(answers.count(where: \.isRight)) right"
        }
        var text = """
            fitted to \(counts(fitted))
            limits: \(limits.tokens) tokens, a mean loss of \(String(format: "%.3f", limits.baseLoss)) under the base

            """
        if let figures = try CalibrationReport(
            calibration, fitted: fitted.flatMap(\.answers), checked: checked.flatMap(\.answers))
        {
            text += "checked on \(counts(checked))\n\(figures.text)"
        }
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}

/// Signals by their names, separated by commas, each once.
struct SignalList: ExpressibleByArgument {
    let signals: [AnswerSignal]

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let known = names.compactMap(AnswerSignal.init)
        guard known.count == names.count, Set(names).count == names.count else { return nil }
        signals = known
    }
}

extension RowFormat: ExpressibleByArgument {}
