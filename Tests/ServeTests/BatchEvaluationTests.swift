import Foundation
import Testing
import TinyModels

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
        // A heading and the form of prompts; three tasks of two documents by seven methods.
        let predictions = try lines("out/predictions.jsonl")
        #expect(predictions.count == 2 + 3 * 2 * 7)
        let results = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder.path("out/results.json"))))
        let measures = try #require((results as? [String: Any])?["results"] as? [String: [String: Any]])
        #expect(measures.count == 21 && measures["qa1, 160 tokens, perk"]?["babilong,none"] != nil)
        let report = try String(contentsOfFile: folder.path("out/report.html"), encoding: .utf8)
        #expect(report.contains("student-recall") && report.contains("<table"))
        #expect(first.output.split(separator: "\n").count >= 22)

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

    /// The outputs of a method in `out/predictions.jsonl`, document by document.
    private func outputs(_ method: String) throws -> [[String]] {
        try predictions(of: method).compactMap { line in
            (line["outcomes"] as? [[String: Any]])?.compactMap { $0["output"] as? String }
        }
    }

    @Test func keptKeysAndValuesDoNotChangeAnswers() throws {
        let outcome = try eval(
            "--task", "facts", "--lengths", "300", "--documents", "3", "--questions", "4", "--methods",
            "perk,in-context,in-context-cached,other-document", "--max-tokens", "6", "--output", folder.path("out"))
        #expect(outcome.status == 0, "\(outcome.log)")
        let fresh = try outputs("in-context")
        #expect(try fresh.count == 3 && outputs("in-context-cached") == fresh)
        #expect(Set(fresh.flatMap(\.self)).count > 1)
        let perk = try outputs("perk"), other = try outputs("other-document")
        #expect(perk.count == 3 && other.count == 3)
        #expect(outcome.output.contains("an adapter takes fewer bytes than keys and values from"))
        #expect(outcome.output.contains("prompts: plain") && outcome.output.contains("on 50 rows"))
    }

    /// The tiny model's directory with a chat template beside it.
    private func setTemplate(_ template: String) throws {
        try Data(template.utf8).write(to: URL(fileURLWithPath: "\(folder.model)/chat_template.jinja"))
    }

    @Test func theFormThatIsAskedForIsTaken() throws {
        let rows = (0..<9).map {
            #"{"context": "Zoe saw \#($0) cats.", "question": "How many cats?", "answer": "\#($0)"}"# + "\n"
        }.joined()
        let path = try folder.write(rows, to: "cats.jsonl")
        func run(_ more: String...) throws -> ServeProcess.Outcome {
            try ServeProcess(
                [
                    "eval", "--model", folder.model, "--no-cache", "--file", path, "--documents", "2", "--methods",
                    "in-context,closed-book", "--max-tokens", "2",
                ] + more, log: folder.path("log.txt")
            ).finish()
        }
        let missing = try run("--form", "template")
        #expect(missing.status == 1 && missing.log.contains("no chat template") && missing.log.contains("--form plain"))
        try setTemplate("{% for m in messages %}<s>{{ m.content }}</s>{% endfor %}")
        #expect(try run("--form", "template").output.contains("prompts: template, 1 worked example\n"))
        #expect(try run("--form", "plain", "--shots", "0").output.contains("prompts: plain, no worked example\n"))
        let chosen = try run()
        #expect(chosen.output.contains("on 7 rows") && chosen.output.contains("template, no worked example: 0."))
        #expect(try run("--examples", folder.path("none.jsonl")).log.contains("none.jsonl"))
    }

    @Test func aTemplateBeyondTheSubsetIsNamedWithTheFix() throws {
        try setTemplate("{% for m in messages %}\n{% macro turn(m) %}{% endmacro %}{% endfor %}")
        let arguments = ["--task", "facts", "--people", "2", "--documents", "1", "--max-tokens", "2"]
        let refused = try ServeProcess(
            ["eval", "--model", folder.model, "--no-cache"] + arguments, log: folder.path("log.txt")
        ).finish()
        #expect(refused.status == 1 && refused.output.isEmpty)
        for part in ["chat_template.jinja", "line 2", "the statement 'macro'", "--form plain"] {
            #expect(refused.log.contains(part), "\(refused.log)")
        }
        let plain = try ServeProcess(
            ["eval", "--model", folder.model, "--no-cache", "--form", "plain"] + arguments, log: folder.path("log.txt")
        ).finish()
        #expect(plain.status == 0, "\(plain.log)")
        // Nothing but prompts needs the template.
        let learned = try ServeProcess(
            ["eval", "--model", folder.model, "--no-cache", "--methods", "perk"] + arguments,
            log: folder.path("log.txt")
        ).finish()
        #expect(learned.status == 0, "\(learned.log)")
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
        #expect(refused.status == 1 && refused.log.contains("bad.jsonl:2: ") && refused.log.contains("--bad-rows skip"))
        let skipped = try eval("--file", bad, "--methods", "closed-book", "--max-tokens", "2", "--bad-rows", "skip")
        #expect(skipped.status == 0 && skipped.log.contains("left out \(bad):2: "), "\(skipped.log)")
        #expect(skipped.output.contains("measure") && skipped.output.contains("exact-match"))
        let unknown = try folder.write("{\"text\": \"t\", \"label\": 1}\n", to: "unknown.jsonl")
        let refusal = try eval("--file", unknown, "--methods", "closed-book")
        #expect(refusal.status == 1 && refusal.log.contains("a plain row has") && !refusal.log.contains("skip"))
    }

    /// SQuAD 2.0 as Hugging Face has it, its second question without an answer.
    @Test func rowsOfSQuADHaveBothMeasuresAndEmptyAnswers() throws {
        let lines = [
            ("Where does Zoe live?", #"{"text": ["Oslo", "Oslo"], "answer_start": [13, 13]}"#),
            ("What is Zoe's pet?", #"{"text": [], "answer_start": []}"#),
        ].map {
            #"{"id": "1", "title": "t", "context": "Zoe lives in Oslo.", "question": "\#($0)", "answers": \#($1)}"#
                + "\n"
        }
        let path = try folder.write(lines.joined(), to: "squad.jsonl")
        let outcome = try eval(
            "--file", path, "--methods", "closed-book", "--max-tokens", "2", "--output", folder.path("out"))
        #expect(outcome.status == 0, "\(outcome.log)")
        let prediction = try #require(predictions(of: "closed-book").first)
        let outcomes = try #require(prediction["outcomes"] as? [[String: Any]])
        #expect(prediction["metric"] as? String == "f1" && outcomes.count == 2)
        #expect(outcomes[1]["answers"] as? [String] == [""])
        #expect(outcomes.allSatisfy { $0["exactMatch"] is Double || $0["exactMatch"] is Int })
        #expect(outcome.output.contains("f1") && outcome.output.contains("exact match"))
    }

    /// The predictions of a method in `out/predictions.jsonl`.
    private func predictions(of method: String) throws -> [[String: Any]] {
        try lines("out/predictions.jsonl").compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            // The form of the prompts stands on a line of its own, with the method that found it.
            return object?["outcomes"] != nil && object?["method"] as? String == method ? object : nil
        }
    }

    /// A file of rows in a folder of its own; each row is a context and a question about it.
    private func rows(_ contents: [(context: String, question: String)], in name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        let lines = contents.map {
            #"{"context": "\#($0.context)", "question": "\#($0.question)", "answer": "Oslo"}"# + "\n"
        }
        return try folder.write(lines.joined(), to: "\(name)/validation.jsonl")
    }

    /// As RULER lays its tasks out; and predictions about one file are none about another of its name.
    @Test func filesOfOneNameAreDifferentFiles() throws {
        let one = try rows([("Zoe lives in Oslo.", "Where?")], in: "one")
        let other = try rows([("Zoe lives in Rome.", "Where?"), ("Omar lives in Rome.", "Where?")], in: "other")
        let options = ["--methods", "closed-book", "--max-tokens", "2"]
        func run(_ more: String...) throws -> ServeProcess.Outcome {
            try ServeProcess(
                ["eval", "--model", folder.model, "--no-cache"] + options + more, log: folder.path("log.txt")
            ).finish()
        }
        let both = try run("--file", one, "--file", other, "--output", folder.path("both"))
        #expect(both.status == 0 && both.output.contains("one/validation.jsonl  "), "\(both.log)")
        #expect(both.output.contains("other/validation.jsonl  ") && both.output.contains("closed-book"))
        // A heading, the form of prompts, and a line for each document.
        #expect(try lines("both/predictions.jsonl").count == 2 + 1 + 2)

        #expect(try run("--file", one, "--output", folder.path("out")).status == 0)
        let stale = try run("--file", other, "--documents", "1", "--output", folder.path("out"))
        #expect(stale.status == 1 && stale.log.contains("predictions.jsonl: belongs to an evaluation of another"))
        let twice = try run("--file", one, "--file", one)
        #expect(twice.status == 1 && twice.log.contains("validation.jsonl: is to be measured twice"), "\(twice.log)")
    }

    /// Three texts of two questions each are three documents, each learned once.
    @Test func rowsAboutOneTextAreOneDocument() throws {
        let texts = ["Zoe lives in Oslo.", "Omar lives in Rome.", "Ivy lives in Bern."]
        let contents = ["Where?", "Who?"].flatMap { question in texts.map { (context: $0, question: question) } }
        let path = try rows(contents, in: "rows")
        let outcome = try eval(
            "--file", path, "--methods", "perk", "--max-tokens", "2", "--json", "--output", folder.path("out"))
        #expect(outcome.status == 0, "\(outcome.log)")
        let results = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let measures = (results?["results"] as? [String: [String: Any]])?["validation.jsonl, perk"]
        #expect(measures?["documents,none"] as? Int == 3)
        let samples = (results?["n-samples"] as? [String: [String: Int]])?["validation.jsonl, perk"]
        #expect(samples?["original"] == 6)
        #expect(try lines("out/predictions.jsonl").count == 1 + 3)
    }

    @Test func settingsThatATaskCannotMeetAreRefusedAtOnce() throws {
        let refused = try eval("--task", "qa3", "--lengths", "4", "--documents", "1")
        #expect(refused.status == 1 && refused.log.contains("qa3: length"))
    }
}
