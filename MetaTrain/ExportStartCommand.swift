import ArgumentParser
import CommandSupport
import Foundation
import PERKModel

/// `perk-meta-train export-start`: writes what meta-training gave a base model, without the base model.
struct ExportStartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-start",
        abstract: "Write what meta-training gave a base model, without the base model.",
        discussion: """
            The directory gets perk.json, which names the base model by its file and its digest, and meta.safetensors: \
            where learning starts, the token weighter and the learned rates. It is a model for every command where its \
            base model is found: in the directory, beside it, in models, in share/perk/models below the installation's \
            prefix, or where --base says. A base model that was trained along cannot be left out.

            EXAMPLES:
              perk-meta-train export-start runs/stories/model --output smollm2-stories
              perk-serve ask --model smollm2-stories --document report.txt 'Who signed the report?'
              perk-meta-train export-start runs/qwen/model --base models/Qwen2.5-0.5B --bits 32 --output qwen-start
            """)

    @Argument(help: ArgumentHelp("The directory of a meta-trained model.", valueName: "model"))
    var model: String

    @OptionGroup var output: OutputOption

    @Option(help: ArgumentHelp("The bits of each number, 16 or 32.", valueName: "count"))
    var bits = 16

    @Option(
        help: ArgumentHelp(
            "Where the base model lies; needed where it is a folder, whose name is to be known.", valueName: "path"))
    var base: String?

    func validate() throws {
        guard bits == 16 || bits == 32 else { throw ValidationError("--bits is \(bits): give 16 or 32.") }
    }

    func run() throws {
        let (output, model) = (try output.path(), try RunFolder.model(at: model))
        guard AnsweringModel.isMetaTrained(path: model) else {
            throw NotMetaTrained(path: model)
        }
        // A start may itself lie apart from its base, which is then where --base says.
        let isStart = try PERKConfiguration(path: "\(model)/perk.json").base != nil
        try AnsweringModel(path: model, base: isStart ? base : nil)
            .writeStart(to: output, base: base, halved: bits == 16)
    }
}

/// What was to be exported has not been meta-trained.
private struct NotMetaTrained: Error, CustomStringConvertible {
    let path: String

    var description: String { "\(path) is no meta-trained model: give the directory of one" }
}
