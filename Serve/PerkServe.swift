import ArgumentParser
import Foundation
import PERKModel
import ServiceProtocol

/// The serving command.
@main
struct PerkServe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perk-serve",
        abstract: "Answers questions about long documents that it learns by gradient steps.",
        discussion: """
            Without a subcommand it serves: one JSON-RPC 2.0 request per line on standard input, one reply per line on \
            standard output, logs on standard error.

            EXAMPLES:
              echo '{"jsonrpc":"2.0","id":1,"method":"server/status"}' | perk-serve
              perk-serve ask --document report.txt 'Who signed the report?'
              perk-serve eval --task facts --people 4,8 --documents 20
              perk-serve demo Fixtures/demo
              perk-serve inspect model.gguf
              perk-serve generate --model model.gguf --prompt 'The capital of France is'

            EXIT STATUS:
              0 on success, 1 on failure, 64 for wrong arguments.
            """,
        subcommands: [
            ServeCommand.self, AskCommand.self, EvalCommand.self, DemoCommand.self, ExportCommand.self,
            GenerateCommand.self, TokenizeCommand.self, InspectCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// Parses the arguments, runs the command, and reports errors as `error: …` on standard error.
    static func main() {
        reserveStandardDescriptors()
        // A reader that goes away is then an error of the write, not a silent death of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as DescriptorError where error.isBrokenPipe {
            // Nobody is left to read the output or to be told so.
            exit(withError: ExitCode.failure)
        } catch {
            let status = exitCode(for: error)
            guard !status.isSuccess, !(error is ExitCode) else { exit(withError: error) }
            let hint = option(for: error).map { " (\($0))" } ?? ""
            let message = fullMessage(for: error).trimmingPrefix("Error: ") + hint
            // Where standard error is closed too, the exit status is all that can be told.
            try? FileHandle.standardError.write(contentsOf: Data("error: \(message)\n".utf8))
            exit(withError: status)
        }
    }
}

extension PerkServe {
    /// The option that a library's error is about; libraries know of none.
    private static func option(for error: any Error) -> String? {
        switch error {
        case QuestionAnsweringError.documentTooLong: "--max-document-tokens"
        case DocumentFileError.tooLarge: "--max-request-bytes"
        case is NoDirectoryError: "--allow-documents"
        case is BaseModelMissing, is BaseModelSuperfluous: "--base"
        case is ModelReadsInPrompt: "perk-serve eval --tuned"
        default: nil
        }
    }
}
