import ArgumentParser
import DocumentService
import Foundation
import PERKModel
import ServiceProtocol

/// `perk-serve ask`: answers questions about one file.
struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Learn a document and answer questions about it.",
        discussion: """
            Prints one answer per line, in the order of the questions. The confidence of an answer is the probability \
            that it is right; only models that perk-meta-train calibrate has calibrated have one. A warning on standard \
            error says where a document is not like those that the model was trained for.

            EXAMPLES:
              perk-serve ask --document report.txt 'Who signed the report?' 'When?'
              perk-serve ask --document report.txt --json 'Who signed the report?'
            """)

    @Option(help: ArgumentHelp("The document, a text file in UTF-8.", valueName: "file"))
    var document: String

    @Flag(help: "Print each answer as a JSON object with its confidence, probability and times.")
    var json = false

    @Argument(help: "The questions.")
    var questions: [String]

    @OptionGroup var options: ServiceOptions

    func run() throws {
        let text = try DocumentFile.text(at: document, byteLimit: options.maxRequestBytes)
        let service = try makeService(options: options)
        let name = URL(fileURLWithPath: document).lastPathComponent
        let submitted = try service.submit(text: text, name: name) { _ in }
        let output = LineWriter(descriptor: STDOUT_FILENO)
        for question in questions {
            let answer = try service.ask(
                document: submitted.document, question: question, sampling: SamplingOptions())
            if json {
                try output.write(line(question: question, submitted: submitted, answer: answer))
            } else {
                try output.write(line: answer.text.onOneLine.utf8)
            }
        }
    }

    /// What `--json` prints for one question.
    private func line(question: String, submitted: SubmittedDocument, answer: Answer) throws -> JSONValue {
        .object(
            [
                .init("document", .string(submitted.document)),
                .init("cached", .boolean(submitted.cached)),
                .init("question", .string(question)),
            ] + (try JSONValue.members(of: answer)))
    }
}
