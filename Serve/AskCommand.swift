import ArgumentParser
import DocumentService
import Foundation
import PERKModel
import ServiceProtocol
import StrictJSON

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
              pdftotext report.pdf - | perk-serve ask --document - 'Who signed the report?'
            """)

    @Option(help: ArgumentHelp("The document, a text file in UTF-8, or - for standard input.", valueName: "file"))
    var document: DocumentArgument

    @Flag(help: "Print each answer as a JSON object with its confidence, probability and times.")
    var json = false

    @Argument(help: "The questions.")
    var questions: [String]

    @OptionGroup var options: ServiceOptions

    func run() throws {
        let text = try document.text(byteLimit: options.maxRequestBytes)
        let service = try makeService(options: options)
        let submitted = try service.submit(text: text, name: document.name) { _ in }
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

/// A document that an option names: a text file, or standard input where the name is `-`.
struct DocumentArgument: ExpressibleByArgument {
    let path: String

    init(argument: String) { path = argument }

    /// What the document is called in the cache; standard input has no name.
    var name: String? { path == "-" ? nil : URL(fileURLWithPath: path).lastPathComponent }

    /// - Throws: `DocumentFileError`.
    func text(byteLimit: Int) throws -> String {
        guard path == "-" else { return try DocumentFile.text(at: path, byteLimit: byteLimit) }
        return try DocumentFile.text(of: .standardInput, named: "standard input", byteLimit: byteLimit)
    }
}
