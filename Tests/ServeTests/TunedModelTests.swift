import BenchmarkData
import Foundation
import LanguageModel
import PERKModel
import SeededRandom
import Testing
import TinyModels

/// `perk-serve eval --tuned`, with a model of random weights whose adapter is made out to have been trained for prompts.
@Suite struct TunedModelTests {
    private let folder: TinyModelDirectory

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func writeTuned(
        to name: String, _ change: (inout AnsweringModel) -> Void = { _ in }
    ) throws -> AnsweringModel {
        var model = try AnsweringModel(path: folder.model)
        model.method = .inContext
        model.learned.setInnerSteps(0)
        var random = RandomSource(seed: 7)
        model.learned.adapter = Adapter(layout: model.learned.adapter.layout, standardDeviationOfB: 1, using: &random)
        change(&model)
        try model.write(to: folder.path(name))
        return model
    }

    private func eval(_ arguments: String...) throws -> ServeProcess.Outcome {
        try ServeProcess(
            ["eval", "--model", folder.model, "--no-cache", "--threads", "1", "--max-tokens", "5"] + arguments,
            log: folder.path("log.txt")
        ).finish()
    }

    @Test func itsAdapterReadsTheDocumentInThePrompt() throws {
        let tuned = try writeTuned(to: "tuned")
        let texts = ["Zoe lives in Oslo.", "Omar keeps a red parrot. Ivy sings."]
        let rows = texts.map { #"{"context": "\#($0)", "question": "Who lives in Oslo?", "answer": "Zoe"}"# + "\n" }
        let path = try folder.write(rows.joined(), to: "rows.jsonl")
        let outcome = try eval(
            "--file", path, "--documents", "2", "--methods", "perk,in-context-tuned", "--tuned", folder.path("tuned"),
            "--output", folder.path("out"))
        #expect(outcome.status == 0, "\(outcome.log)")
        let lines = try String(contentsOfFile: folder.path("out/predictions.jsonl"), encoding: .utf8)
            .split(separator: "\n").filter { $0.contains(#""method":"in-context-tuned""#) }
        let adapted = AnswerGenerator(model: tuned)
        try #require(lines.count == 2)
        for (line, text) in zip(lines, texts) {
            let sentences = try TextFormat().parts(of: text).flatMap {
                try tuned.tokenizer.encode($0) + [tuned.tokenizer.eos]
            }
            let expected = try adapted.answer(
                "Who lives in Oslo?", adapter: tuned.learned.adapter, segments: 0,
                context: [tuned.tokenizer.bos] + sentences, sampling: SamplingOptions(maxTokens: 5))
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let outputs = (object?["outcomes"] as? [[String: Any]])?.compactMap { $0["output"] as? String }
            #expect(outputs == [expected.text])
        }
    }

    @Test func modelsThatDoNotFitAreNamed() throws {
        let rows = #"{"context": "Zoe lives in Oslo.", "question": "Who?", "answer": "Zoe"}"#
        let path = try folder.write(rows, to: "rows.jsonl")
        let untuned = try eval("--file", path, "--tuned", folder.model)
        #expect(untuned.status == 1 && untuned.log.contains("was not trained to find documents in its prompt"))
        _ = try writeTuned(to: "other") { model in
            model.learned.baseParameters = model.learned.baseParameters.map { $0.scaled(by: 2) }
        }
        let other = try eval("--file", path, "--tuned", folder.path("other"))
        #expect(
            other.status == 1 && other.log.contains("its base model is another one than that of the measured model")
                && other.log.hasPrefix("error: --tuned "))
        let missing = try eval("--file", path, "--methods", "in-context-tuned")
        #expect(missing.status == 64 && missing.log.contains("--tuned"))
        _ = try writeTuned(to: "tuned")
        let served = try ServeProcess(
            ["ask", "--model", folder.path("tuned"), "--no-cache", "--document", path, "Who?"],
            log: folder.path("log.txt")
        ).finish()
        #expect(served.status == 1 && served.log.contains("trained with method: in-context"))
    }
}
