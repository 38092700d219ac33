import ArgumentParser
import Foundation
import JSONRPC

/// `perk-serve demo`: serves example documents in a process of its own and checks the answers.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Ask a serving process the questions of a directory of examples, and compare the answers.",
        discussion: """
            Each NAME.txt in the directory is a document; beside it NAME.questions.jsonl holds one
            {"question": "…", "answer": "…"} per line. Fails when fewer than 9 in 10 answers are right; case,
            surrounding space and a final period do not count. Wrong answers are marked.

            EXAMPLES:
              perk-serve demo Fixtures/demo
              perk-serve demo --no-cache --model model.gguf examples
            """)

    @Argument(help: ArgumentHelp("The directory with the examples.", valueName: "directory"))
    var directory: String

    @OptionGroup var options: ServiceOptions

    func run() throws {
        let examples = try DemoExample.all(in: directory, byteLimit: options.maxRequestBytes.bytes)
        let server = try ServingProcess(
            executable: Bundle.main.executableURL, arguments: ["serve"] + options.arguments)
        var rows: [DemoRow] = []
        for example in examples {
            rows += try server.rows(for: example)
        }
        try server.finish()
        let right = rows.count(where: \.isRight)
        let output = LineWriter(descriptor: STDOUT_FILENO)
        try output.write(line: DemoRow.table(rows).utf8)
        try output.write(line: "\(right) of \(rows.count) right".utf8)
        guard right * 10 >= rows.count * 9 else { throw ExitCode.failure }
    }
}
