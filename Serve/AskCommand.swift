import ArgumentParser
import DocumentService
import Foundation
import PERKModel
import JSONRPC
import StrictJSON

/// `perk-serve ask`: answers questions about one file.
struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Learn a document and answer questions about it.",
        discussion: """
            The document is a file, which is learned first if it is not in the cache, or the identifier of one that has been \
            learned. Prints one answer per line, in the order of the questions. The confidence of an answer is the probability \
            that it is right; only models that perk-meta-train calibrate has calibrated have one. A warning on standard \
            error says where a document is not like those that the model was trained for.

            EXAMPLES:
              perk-serve ask --document report.txt 'Who signed the report?' 'When?'
              perk-serve ask --document report.txt --json 'Who signed the report?'
              perk-serve ask --document sha256:… 'Who signed the report?'
              pdftotext report.pdf - | perk-serve ask --document - 'Who signed the report?'
            """)

    @Option(
        help: ArgumentHelp(
            "A text file in UTF-8, - for standard input, or the identifier of a learned document.",
            valueName: "document"))
    var document: DocumentArgument

    @Flag(help: "Print each answer as a JSON object with its confidence, probability and times.")
    var json = false

    @Argument(help: "The questions.")
    var questions: [String]

    @OptionGroup var options: ServiceOptions

    func run() throws {
        let answerer = try makeAnswerer(options: options)
        let known = try document.known(to: answerer, byteLimit: options.maxRequestBytes.bytes)
        let output = LineWriter(descriptor: STDOUT_FILENO)
        for question in questions {
            let answer = try answerer.ask(
                document: known.identifier, question: question, sampling: SamplingOptions())
            if json {
                try output.write(line(question: question, known, answer))
            } else {
                try output.write(line: answer.text.onOneLine.utf8)
            }
        }
    }

    /// What `--json` prints for one question.
    private func line(question: String, _ known: KnownDocument, _ answer: Answer) throws -> JSONValue {
        .object(
            [
                .init("document", .string(known.identifier)),
                .init("cached", .boolean(known.wasCached)),
                .init("question", .string(question)),
            ] + (try JSONValue.members(of: answer)))
    }
}

/// A document that can be asked about.
struct KnownDocument {
    let identifier: String
    let wasCached: Bool
}

/// A document that an option names: a text file, standard input where the name is `-`, or a learned document by its
/// identifier.
struct DocumentArgument: ExpressibleByArgument {
    let path: String

    init(argument: String) { path = argument }

    private var isIdentifier: Bool { path.hasPrefix("sha256:") }

    /// The document, which is learned if it is not known. One named by its identifier has to be.
    ///
    /// - Throws: `DocumentFileError`, and what learning throws.
    func known(to answerer: QuestionAnswerer, byteLimit: Int) throws -> KnownDocument {
        if isIdentifier { return KnownDocument(identifier: path, wasCached: true) }
        // Standard input has no name.
        let name = path == "-" ? nil : URL(fileURLWithPath: path).lastPathComponent
        let submitted = try answerer.submit(text: text(byteLimit: byteLimit), name: name)
        return KnownDocument(identifier: submitted.document, wasCached: submitted.cached)
    }

    private func text(byteLimit: Int) throws -> String {
        guard path == "-" else { return try DocumentFile.text(at: path, byteLimit: byteLimit) }
        return try DocumentFile.text(of: .standardInput, named: "standard input", byteLimit: byteLimit)
    }
}
