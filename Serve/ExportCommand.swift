import ArgumentParser
import CommandSupport
import Foundation
import PERKModel
import JSONRPC

/// `perk-serve export`: writes a document's adapter for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the adapter of a learned document in the form of PEFT or llama.cpp.",
        discussion: """
            The document is a file, which is learned first if it is not in the cache, or the identifier of one that has been \
            learned. The base model is not written: PEFT loads the adapter onto the model that --model names, llama.cpp \
            with --lora beside it. Both then scale it as this program does.

            EXAMPLES:
              perk-serve export --model smollm2.gguf --document report.txt --format gguf --output report.gguf
              perk-serve export --document sha256:… --format peft --output report-adapter
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case peft, gguf }

    @Option(
        help: ArgumentHelp(
            "A text file, - for standard input, or the identifier of a learned document.", valueName: "document"))
    var document: DocumentArgument

    @Option(help: "peft: a directory with adapter_config.json and adapter_model.safetensors; gguf: one file.")
    var format: Format

    @OptionGroup var output: OutputOption

    @OptionGroup var options: ServiceOptions

    func run() throws {
        let output = try output.path()
        let answerer = try makeAnswerer(options: options)
        let known = try document.known(to: answerer, byteLimit: options.maxRequestBytes.bytes)
        let adapter = try answerer.adapter(document: known.identifier)
        switch format {
        case .peft:
            let base = try URL(fileURLWithPath: options.model.path()).standardizedFileURL.path
            try adapter.writePEFT(to: output, configuration: answerer.modelConfiguration, baseModel: base)
        case .gguf:
            try adapter.writeGGUF(to: output, configuration: answerer.modelConfiguration)
        }
        try LineWriter(descriptor: STDOUT_FILENO).write(line: output.utf8)
    }
}
