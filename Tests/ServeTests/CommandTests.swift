import CommandSupport
import Foundation
import Testing
import TinyModels

/// What every command line program is expected to do.
@Suite struct CommandTests {
    private let folder: TinyModelDirectory

    init() throws { folder = try TinyModelDirectory() }

    private func outcome(_ arguments: String..., input: String = "") throws -> ServeProcess.Outcome {
        let process = try ServeProcess(arguments, log: folder.path("log.txt"))
        try process.send(Data(input.utf8))
        return try process.finish()
    }

    @Test func versionIsThatOfTheChangelog() throws {
        let outcome = try outcome("--version")
        #expect(outcome.status == 0 && outcome.output == "\(programVersion)\n")
    }

    @Test func misspeltCommandIsAnsweredWithTheNearest() throws {
        let outcome = try outcome("aks", "--document", "zoe.txt", "Who?")
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(outcome.log.hasPrefix("error: There is no command aks: did you mean ask?\n"), "\(outcome.log)")
    }

    @Test func documentComesFromStandardInput() throws {
        let text = "Zoe lives in Oslo. She is a baker."
        let file = try folder.write(text, to: "zoe.txt")
        func ask(_ document: String, input: String) throws -> ServeProcess.Outcome {
            try outcome(
                "ask", "--document", document, "--model", folder.model, "--no-cache", "Where does Zoe live?", "Who?",
                input: input)
        }
        let fromFile = try ask(file, input: ""), fromInput = try ask("-", input: text)
        #expect(fromInput.status == 0 && fromInput.output == fromFile.output)
        #expect(fromInput.output.count { $0 == "\n" } == 2)
        let empty = try ask("-", input: "")
        #expect(empty.status == 1 && empty.log.hasPrefix("error: the document is empty"), "\(empty.log)")
    }

    @Test func limitsNameTheirOption() throws {
        let outcome = try outcome(
            "ask", "--document", "-", "--max-request-bytes", "8", "--model", folder.model, "--no-cache", "Who?",
            input: "Zoe lives in Oslo.")
        #expect(outcome.status == 1)
        #expect(outcome.log.hasPrefix("error: standard input has more than 8 bytes"), "\(outcome.log)")
        #expect(outcome.log.hasSuffix("(--max-request-bytes)\n"))
    }
}
