import AdapterStore
import ArgumentParser
import BenchmarkData
import ChatTemplates
import CommandSupport
import Evaluation
import Foundation
import HTTP
import PERKModel
import JSONRPC

/// The serving command.
@main
struct PerkServe: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "perk-serve",
        abstract: "Answers questions about long documents that it learns by gradient steps.",
        discussion: """
            Without a subcommand it serves: one JSON-RPC 2.0 request per line on standard input, one reply per line on \
            standard output, logs on standard error.

            EXAMPLES:
              echo '{"jsonrpc":"2.0","id":1,"method":"server/status"}' | perk-serve
              perk-serve http --port 8080
              perk-serve ask --document report.txt 'Who signed the report?'
              perk-serve eval --task facts --people 4,8 --documents 20
              perk-serve demo Fixtures/demo
              perk-serve cache list
              perk-serve inspect model.gguf
              perk-serve generate --model model.gguf --prompt 'The capital of France is'

            EXIT STATUS:
              0 on success, 1 on failure, 64 for wrong arguments.
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self, HTTPCommand.self, MCPCommand.self, AskCommand.self, EvalCommand.self, DemoCommand.self,
            ExportCommand.self, CacheCommand.self, GenerateCommand.self, TokenizeCommand.self, InspectCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    static func main() {
        reserveStandardDescriptors()
        // A reader that goes away is then an error of the write, not a silent death of the process.
        signal(SIGPIPE, SIG_IGN)
        runProgram(isSilent: { ($0 as? DescriptorError)?.isBrokenPipe ?? false })
    }

    static func origin(of error: any Error) -> String? { error is UnfitTunedModel ? "--tuned" : nil }

    static func advice(on error: any Error) -> String? {
        switch error {
        case is NoDefaultModelError: "--model names one, perk-meta-train train makes one"
        case QuestionAnsweringError.documentTooLong: "--max-document-tokens"
        case DocumentFileError.tooLarge: "--max-request-bytes"
        case is NoDirectoryError: "--allow-documents"
        case is HTTPConfigurationError: "--token-file"
        case is ExchangeFailure: "--exchange"
        case is BaseModelMissing, is BaseModelSuperfluous: "--base"
        case is ModelReadsInPrompt: "perk-serve eval --tuned"
        case is MissingChatTemplate, is ChatTemplateError: "--form plain"
        case is PredictionLogError: "--output"
        case is UnusableRow, is UnscoredDocument: "--bad-rows skip leaves such rows out"
        case AdapterStoreError.cannotOpen: "--cache names another file, --no-cache does without"
        case AdapterStoreError.exceedsLimit, AdapterStoreError.pinnedExceedLimit: "--cache-bytes"
        default: nil
        }
    }

    /// Makes sure that descriptors 0 to 2 are taken.
    ///
    /// Where one was closed before the program started, the next file opened, perhaps the cache, would get its number and
    /// be taken for standard input or output. Each is opened the wrong way round, so that using it fails as it should.
    private static func reserveStandardDescriptors() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is the one that was found closed.
            _ = open("/dev/null", mode)
        }
    }
}
