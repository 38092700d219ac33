import ArgumentParser
import Foundation
import MetaTraining
import ModelFiles

/// Writes a page about a run.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a page about a run: curves, validation, learned rates, token weights, answers.",
        discussion: """
            RUN is the output directory of train, of a run that is finished or still going on. The page is one HTML file
            without scripts that fetches nothing. What it says of a model it says of the best checkpoint, or of the newest
            where there is no best one; it learns three documents with it, which takes as long as learning them.

            EXAMPLE:
              perk-meta-train report runs/mine --output mine.html
            """)

    @Argument(help: ArgumentHelp("The run's directory.", valueName: "RUN"), completion: .directory)
    var directory: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "path"), completion: .file(extensions: ["html"]))
    var output = "report.html"

    func run() throws {
        let page = try RunReport(run: RecordedRun(directory: directory)).page()
        try replaceFile(at: output, with: [Data(page.source.utf8)])
    }
}
