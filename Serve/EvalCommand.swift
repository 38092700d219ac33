import ArgumentParser
import BenchmarkData
import Evaluation
import Foundation
import PERKModel
import ProgressReports

/// `perk-serve eval`: measures answers on generated documents and on benchmarks' files.
struct EvalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure answers, side by side with what the same base model gets otherwise.",
        discussion: """
            Documents are generated, for tasks of any length, or come from files in the formats of PERK, bAbI, BABILong, \
            RULER, LongBench, LongBench v2, HotpotQA, SQuAD, NIAH, or plain JSON Lines with context, question and answer. \
            Each is scored by its benchmark's own rule.

            Where the model is calibrated (perk-meta-train calibrate), the expected calibration error of its confidences, \
            the area under the ROC curve and the accuracy of the surest answers are told too.

            With --output, predictions.jsonl holds every prediction, results.json the figures in lm-evaluation-harness's \
            layout, report.html plots of them. The same command given again goes on where it was interrupted.

            The methods that prompt the base model ask in its chat template or plainly, after a worked example or none: \
            in the form that scores best on 50 rows that are not evaluated, unless --form says how. These rows are \
            further ones of the file, or generated anew, or those of --examples.

            EXAMPLES:
              perk-serve eval --task facts --people 4,8,16,32 --documents 50
              perk-serve eval --task qa1,needle-single --lengths 256,1024,4096 --documents 20 --output runs/eval
              perk-serve eval --task needle-single --lengths 1024 --depths 0,0.25,0.5,0.75,1 --methods perk,in-context
              perk-serve eval --file qa1_8k.jsonl --documents 100 --json
              perk-serve eval --model model.gguf --file test.jsonl --examples train.jsonl --methods in-context
              perk-serve eval --model runs/perk/model --tuned runs/tuned/model --file test.jsonl
            """)

    @OptionGroup var documentOptions: EvaluationDocumentOptions
    @OptionGroup var methodOptions: EvaluationMethodOptions

    @Option(help: ArgumentHelp("Where predictions, results and the report go.", valueName: "directory"))
    var output: String?

    @Flag(help: "Print the figures as JSON, in lm-evaluation-harness's layout, instead of a table.")
    var json = false

    @OptionGroup var options: ServiceOptions

    func run() throws {
        let model = try options.answeringModel()
        let cells = try documentOptions.selection().cells(for: model)
        for error in cells.flatMap(\.leftOutRows) {
            try FileHandle.standardError.write(contentsOf: Data("left out \(error)\n".utf8))
        }
        let tuned = try methodOptions.tunedModel(besides: model)
        let settings = methodOptions.options(for: model, tuned: tuned)
        let heading = PredictionLog.Heading(
            model: try options.model.path(), recipe: try model.modelDigest().hexadecimal, options: settings,
            cells: cells,
            calibration: model.calibration)
        var record = try EvaluationRecord(heading, cells: cells, folder: output)
        let evaluation = try BatchEvaluation(
            model: model, cells: cells, options: settings, examples: methodOptions.exampleSource(), tuned: tuned,
            threads: options.threads)
        let documents = cells.reduce(0) { $0 + $1.documents }
        var progress = ProgressReport.onStandardError(title: "eval", unit: "document", total: documents)
        do {
            try evaluation.run(into: &record.log) { progress.update(completed: $0.completed, figures: $0.cell) }
        } catch let error as RowError {
            throw UnusableRow(error: error)
        }
        progress.update(completed: documents)
        progress.finish()
        try record.writeFigures()
        let text = json ? try record.results() : Data(record.table.utf8)
        try FileHandle.standardOutput.write(contentsOf: text)
    }
}

/// A row that ended an evaluation, which could have gone on without it.
struct UnusableRow: Error, CustomStringConvertible {
    let error: RowError

    var description: String { error.description }
}
