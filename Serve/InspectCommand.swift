import ArgumentParser
import Foundation
import PERKModel
import JSONRPC

/// `perk-serve inspect`: says what a model, checkpoint or adapter is made of.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Print the settings and tensors of a model, checkpoint or adapter.",
        discussion: """
            Looks at the files alone, so it also shows models that this program cannot run, and says why it cannot. Of a \
            training run's folder it shows the latest checkpoint. Long texts and lists are cut; --json has them whole.

            The standard deviation of --statistics is over all numbers of a tensor; numbers that are not finite are \
            counted and left out of the others.

            EXAMPLES:
              perk-serve inspect models/SmolLM2-135M-Instruct.Q4_1.gguf
              perk-serve inspect runs/facts --no-tensors
              perk-serve inspect report-adapter --tensors '*lora_B*' --statistics
              perk-serve inspect gpt2/ --json | jq '.totals.parameters'
            """)

    @Argument(
        help: ArgumentHelp(
            "A GGUF or safetensors file, an index of shards, or the directory of a model, an adapter or a run.",
            valueName: "path"))
    var path: String

    @Option(
        help: ArgumentHelp(
            "List only tensors whose names match, * standing for anything; totals are of all.", valueName: "pattern"))
    var tensors: String?

    @Flag(help: "List no tensors.")
    var noTensors = false

    @Flag(help: "Read the listed tensors for the mean, spread and range of their numbers.")
    var statistics = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard !noTensors || tensors == nil && !statistics else {
            throw ValidationError("--no-tensors leaves nothing to list: leave out --tensors and --statistics with it.")
        }
    }

    func run() throws {
        let report = InspectionReport(inspection: try Inspection(path: path), statistics: statistics) { name in
            !noTensors && tensors.map { fnmatch($0, name, 0) == 0 } ?? true
        }
        let output = LineWriter(descriptor: STDOUT_FILENO)
        if json {
            try output.write(report.json())
        } else {
            try report.writeText { try output.write(line: $0.utf8) }
        }
    }
}
