import Foundation
import Testing

/// `perk-serve eval` as a user runs it, on a model of random weights.
@Suite struct BatchEvaluationTests {
    private let folder: TinyModelDirectory

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func eval(_ arguments: String...) throws -> ServeProcess.Outcome {
        try ServeProcess(
            ["eval", "--model", folder.model, "--no-cache", "--threads", "1"] + arguments, log: folder.path("log.txt")
        ).finish()
    }

    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: folder.path(name), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func evaluationsLeaveEveryFigureBehindAndGoOn() throws {
        let arguments = [
            "eval", "--model", folder.model, "--no-cache", "--task", "facts,qa1,student-recall", "--lengths", "160",
            "--documents", "2", "--questions", "2", "--max-tokens", "4", "--output", folder.path("out"),
        ]
        func run() throws -> ServeProcess.Outcome {
            try ServeProcess(arguments, log: folder.path("log.txt")).finish()
        }
        let first = try run()
        #expect(first.status == 0, "\(first.log)")
        // A heading; three tasks of two documents by five methods.
        let predictions = try lines("out/predictions.jsonl")
        #expect(predictions.count == 1 + 3 * 2 * 5)
        let results = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path("out/results.json"))))
        let measures = try #require((results as? [String: Any])?["results"] as? [String: [String: Any]])
        #expect(measures.count == 15 && measures["qa1, 160 tokens, perk"]?["babilong,none"] != nil)
        let report = try String(contentsOfFile: folder.path("out/report.html"), encoding: .utf8)
        #expect(report.contains("student-recall") && report.contains("<table"))
        #expect(first.output.split(separator: "\n").count >= 16)

        // Cut off within its sixth prediction, the evaluation goes on to the same figures.
        let kept = predictions.prefix(6).joined(separator: "\n") + "\n" + predictions[6].prefix(40)
        try Data(kept.utf8).write(to: URL(fileURLWithPath: folder.path("out/predictions.jsonl")))
        let second = try run()
        #expect(second.status == 0, "\(second.log)")
        let again = try lines("out/predictions.jsonl")
        #expect(again.count == predictions.count && Array(again.prefix(6)) == Array(predictions.prefix(6)))
        #expect(scores(second.output) == scores(first.output))

        let third = try run()
        #expect(third.status == 0)
        #expect(try lines("out/predictions.jsonl") == again && third.output == second.output)
    }

    /// The table's first columns, which do not depend on time.
    private func scores(_ table: String) -> [String] {
        table.split(separator: "\n").compactMap { $0.firstMatch(of: #/^.*? [01]\.[0-9]{3} /#).map { String($0.0) } }
    }

    @Test func changedOptionsAreRefused() throws {
        let output = folder.path("out")
        let common = ["--task", "needle-single", "--lengths", "128", "--methods", "closed-book", "--output", output]
        func run(_ more: String...) throws -> ServeProcess.Outcome {
            try ServeProcess(
                ["eval", "--model", folder.model, "--no-cache"] + common + more, log: folder.path("log.txt")
            ).finish()
        }
        #expect(try run("--documents", "1").status == 0)
        let refused = try run("--documents", "2")
        #expect(refused.status == 1 && refused.log.contains("predictions.jsonl: belongs to an evaluation of another"))
    }

    @Test func filesAreReadAndBadRowsAreNamed() throws {
        let good = #"{"context": "Zoe lives in Oslo.", "question": "Where does Zoe live?", "answer": "Oslo"}"#
        let path = try folder.write("\(good)\n\(good)\n", to: "people.jsonl")
        let outcome = try eval("--file", path, "--methods", "perk,retrieval", "--json", "--max-tokens", "2")
        #expect(outcome.status == 0, "\(outcome.log)")
        #expect(outcome.output.contains("\"people.jsonl, retrieval\""))
        let bad = try folder.write("\(good)\n{\"context\": \"Zoe.\", \"question\": \"Who?\"}\n", to: "bad.jsonl")
        let refused = try eval("--file", bad, "--methods", "closed-book")
        #expect(refused.status == 1 && refused.log.contains("bad.jsonl:2: "))
    }

    @Test func settingsThatATaskCannotMeetAreRefusedAtOnce() throws {
        let refused = try eval("--task", "qa3", "--lengths", "4", "--documents", "1")
        #expect(refused.status == 1 && refused.log.contains("qa3: length"))
    }
}
