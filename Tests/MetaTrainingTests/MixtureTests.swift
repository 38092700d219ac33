import BenchmarkData
import Foundation
import MetaTrainingSupport
import PERKModel
import Synchronization
import Testing
import Tokenization

@testable import MetaTraining

/// Training on files of rows, beside generated documents.
@Suite struct MixtureTests {
    private let folder: TemporaryFolder
    private let tokenizer: SentencePieceTokenizer

    init() throws {
        folder = try TemporaryFolder()
        tokenizer = try SentencePieceTokenizer(
            path: TinyTraining.fixtures.appendingPathComponent("tokenizer-test/test.model").path)
    }

    private static let names = ["Zoe", "Omar", "Hannah", "Oscar", "Ivy"]

    /// Writes a file of a row about each of `names`; a name that is empty becomes a row without an answer.
    private func write(_ file: String, names: [String] = names) throws -> String {
        let lines = names.map { name in
            name.isEmpty
                ? #"{"context": "Nobody is here.", "question": "Who?"}"#
                : #"{"context": "\#(name) lives in Oslo. It rains.", "question": "Who?", "answer": "\#(name)"}"#
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.url.appendingPathComponent(file))
        return folder.path(file)
    }

    private func part(_ path: String?, weight: Double = 1, badRows: BadRows = .stop) -> MixturePart {
        var part = MixturePart()
        (part.path, part.weight, part.badRows) = (path, weight, badRows)
        return part
    }

    private func data(_ paths: [String], report: @escaping @Sendable (String) -> Void = { _ in }) throws -> TrainingData
    {
        var files: [String: RowFile] = [:]
        for path in paths { files[path] = try RowFile(path: path) }
        return TrainingData(
            seed: 1, tokenizer: tokenizer, format: TextFormat(), longestSequence: 512, files: files, report: report)
    }

    /// The names that the answers of many steps' tasks hold; "-" for a generated document.
    private func answers(
        _ data: TrainingData, _ mixture: [MixturePart], steps: Range<Int>, perStep: Int = 1,
        drawn: inout [String: Int]
    ) throws -> [String] {
        var stage = CurriculumStage()
        stage.mixture = mixture
        var answers: [String] = []
        for step in steps {
            for example in try data.tasks(perStep, stage: stage, stageStep: step, step: step, drawn: &drawn) {
                let task = example.task
                let question = task.questions[0]
                let answer = try tokenizer.decode(Array(question.tokens.dropFirst(question.firstTarget).dropLast()))
                answers.append(task.segments.count == 2 ? answer : "-")
            }
        }
        return answers
    }

    @Test func rowsComeOnceBeforeAnyComesAgain() throws {
        let path = try write("people.jsonl")
        var drawn: [String: Int] = [:]
        let found = try answers(data([path]), [part(path)], steps: 0..<5, perStep: 2, drawn: &drawn)
        #expect(drawn == [path: 10])
        #expect(Set(found.prefix(5)) == Set(Self.names) && Set(found.suffix(5)) == Set(Self.names))
        #expect(Array(found.prefix(5)) != Array(found.suffix(5)))
    }

    @Test func rowsGoOnWhereTheyStopped() throws {
        let path = try write("people.jsonl")
        let data = try data([path])
        var whole: [String: Int] = [:], first: [String: Int] = [:]
        let all = try answers(data, [part(path), part(nil)], steps: 0..<12, drawn: &whole)
        let begun = try answers(data, [part(path), part(nil)], steps: 0..<7, drawn: &first)
        #expect(try begun + answers(data, [part(path), part(nil)], steps: 7..<12, drawn: &first) == all)
        #expect(first == whole && all.contains("-"))
    }

    @Test func partsComeInProportionToTheirWeights() throws {
        let (one, other) = (try write("one.jsonl", names: ["Zoe"]), try write("other.jsonl", names: ["Omar"]))
        var drawn: [String: Int] = [:]
        let found = try answers(
            data([one, other]), [part(one, weight: 3), part(other, weight: 1), part(nil, weight: 4)], steps: 0..<100,
            perStep: 8, drawn: &drawn)
        // Of 800 draws, their standard deviations are 14, 9 and 14.
        #expect(abs(found.count { $0 == "Zoe" } - 300) < 50)
        #expect(abs(found.count { $0 == "Omar" } - 100) < 35)
        #expect(abs(found.count { $0 == "-" } - 400) < 50)
    }

    /// Beside the stage's own documents, one of whose facts is a segment each.
    @Test func benchmarkTasksAreGeneratedForTraining() throws {
        var needle = part(nil, weight: 2)
        (needle.task, needle.length, needle.grownLength, needle.growthSteps) = (.needleSingle, 100, 200, 4)
        #expect((0...5).map { needle.length(afterSteps: $0) } == [100, 125, 150, 175, 200, 200])
        var stage = CurriculumStage()
        stage.mixture = [needle]
        let data = try data([])
        var drawn: [String: Int] = [:]
        func tokens(stageStep: Int) throws -> Int {
            let tasks = try data.tasks(3, stage: stage, stageStep: stageStep, step: stageStep, drawn: &drawn)
                .map(\.task)
            #expect(tasks.count == 3 && tasks[0].segments != tasks[1].segments && tasks[0].questions.count == 1)
            return tasks.reduce(0) { $0 + $1.segments.reduce(0) { $0 + $1.targetCount - 1 } } / 3
        }
        let (short, long) = (try tokens(stageStep: 0), try tokens(stageStep: 4))
        #expect((60...110).contains(short) && (150...210).contains(long), "\(short), \(long)")
        #expect(
            try data.tasks(3, stage: stage, stageStep: 0, step: 0, drawn: &drawn).map(\.task.segments)
                == data.tasks(3, stage: stage, stageStep: 0, step: 0, drawn: &drawn).map(\.task.segments))
        #expect(drawn.isEmpty)
    }

    /// A file's rows bring their own questions and gaps, the task cloze gaps alone.
    @Test func gapsAreAskedFor() throws {
        let path = try write("people.jsonl", names: ["Zoe", "Omar"])
        let texts = folder.path("text.txt")
        let text = (1...30).map { "Person \($0) walked to town \($0) with a red dog." }.joined(separator: " ")
        try Data(text.utf8).write(to: URL(fileURLWithPath: texts))
        var rows = part(path), passages = part(nil)
        rows.clozes = 2
        (passages.task, passages.texts, passages.length) = (.cloze, texts, 200)
        var stage = CurriculumStage()
        stage.mixture = [rows]
        var drawn: [String: Int] = [:]
        var data = try data([path])
        data.texts = [texts: try ClozeTexts(path: texts).sentences]
        let own = try data.tasks(1, stage: stage, stageStep: 0, step: 0, drawn: &drawn)[0].task.questions
        let again = try data.tasks(1, stage: stage, stageStep: 1, step: 2, drawn: &drawn)[0].task.questions
        #expect(own.count > 1 && own.count <= 3 && again.count > 1)
        stage.mixture = [passages]
        let gaps = try data.tasks(2, stage: stage, stageStep: 0, step: 0, drawn: &drawn).map(\.task)
        #expect(gaps.allSatisfy { $0.segments.count > 1 && $0.questions.count > 2 })
    }

    @Test(arguments: [("Yes.", "no sentence has a gap"), (nil, "is not there")])
    func textsWithoutGapsAreNamed(_ text: String?, _ words: String) throws {
        let path = folder.path("empty.txt")
        if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        let error = #expect(throws: ClozeTextsError.self) { try ClozeTexts(path: path) }
        #expect(error?.path == path && error?.problem.contains(words) == true)
    }

    @Test func benchmarkTasksAreMeasured() throws {
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        var task = EvaluationTask()
        (task.task, task.length, task.documents) = (.qa1, 120, 2)
        configuration.evaluation.tasks = [task]
        let evaluation = try TrainingRun(configuration, checkpoint: nil).evaluate()
        #expect(Set(evaluation.sets.keys) == ["1 people", "qa1, 120 tokens"])
        #expect(evaluation.sets["qa1, 120 tokens"]?.questions == 2)
    }

    /// What training does not show, and what documents do not say, is measured apart too.
    @Test func groupsOfQuestionsAreSetsOfTheirOwn() throws {
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        var task = EvaluationTask()
        (task.task, task.length, task.documents) = (.qa1, 120, 6)
        (task.world, task.unanswerable) = (.wide, 0.5)
        configuration.evaluation.tasks = [task]
        configuration.evaluation.documents = 4
        configuration.curriculum[0].documents = .everyForm
        (configuration.curriculum[0].documents.minimumPeople, configuration.curriculum[0].documents.maximumPeople) = (
            1, 2
        )
        let evaluation = try TrainingRun(configuration, checkpoint: nil).evaluate()
        let story = "qa1, wide world, 0.5 unanswerable, 120 tokens"
        #expect(
            Set(evaluation.sets.keys)
                == ["1 people", "1 people, unseen values", story, "\(story), unanswerable"])
        func questions(_ set: String) -> Int { evaluation.sets[set]?.questions ?? 0 }
        #expect(questions("1 people") == 32 && (1..<32).contains(questions("1 people, unseen values")))
        #expect(questions(story) == 6 && (1..<6).contains(questions("\(story), unanswerable")))
        #expect(evaluation.sets.values.allSatisfy { $0.loss > 0 && $0.tokens > 0 })
    }

    @Test func badRowsEndTheRunOrAreLeftOut() throws {
        let path = try write("people.jsonl", names: ["Zoe", "", "Omar"])
        var drawn: [String: Int] = [:]
        let error = #expect(throws: RowError.self) {
            _ = try answers(data([path]), [part(path)], steps: 0..<3, drawn: &drawn)
        }
        #expect(error?.file == path && error?.line == 2 && error?.reason.contains("answer") == true)

        let reports = ReportedLines()
        drawn = [:]
        let skipping = try data([path]) { reports.append($0) }
        let found = try answers(skipping, [part(path, badRows: .skip)], steps: 0..<4, drawn: &drawn)
        #expect(Set(found.prefix(2)) == ["Zoe", "Omar"] && Set(found.suffix(2)) == ["Zoe", "Omar"])
        #expect(!reports.lines.isEmpty && reports.lines.allSatisfy { $0.hasPrefix("left out \(path):2: ") })
    }

    @Test func rowsThatAreTooLongAreNamed() throws {
        let path = try write("people.jsonl", names: ["Zoe", "Zoe lives in Oslo with Omar and Hannah and Oscar", "Ivy"])
        var short = try data([path])
        short = TrainingData(
            seed: 1, tokenizer: tokenizer, format: TextFormat(), longestSequence: 12, files: short.files)
        var drawn: [String: Int] = [:]
        let error = #expect(throws: RowError.self) {
            _ = try answers(short, [part(path)], steps: 0..<3, drawn: &drawn)
        }
        #expect(error?.line == 2 && error?.reason.contains("the base model reads at most 12") == true)
    }

    @Test func fileWithoutAUsableRowIsRefused() throws {
        let path = try write("nobody.jsonl", names: ["", ""])
        var files: [String: RowFile] = [:]
        files[path] = try RowFile(path: path, format: .plain)
        let data = TrainingData(
            seed: 1, tokenizer: tokenizer, format: TextFormat(), longestSequence: 512, files: files, report: { _ in })
        var drawn: [String: Int] = [:]
        let error = #expect(throws: RowError.self) {
            _ = try answers(data, [part(path, badRows: .skip)], steps: 0..<1, drawn: &drawn)
        }
        #expect(error?.reason == "none of the 2 rows can be used")
    }

    /// A run on a mixture, with a held-out file, resumed at its middle.
    @Test func resumedRunOnFilesEndsWithTheSameBytes() throws {
        let (training, heldOut) = (try write("train.jsonl"), try write("held-out.jsonl", names: ["Ada", "Bo"]))
        var configuration = try TinyTraining.configuration(changes: ["base": "{steps: 0}"])
        for stage in configuration.curriculum.indices {
            configuration.curriculum[stage].mixture = [part(training, weight: 2), part(nil)]
        }
        var file = EvaluationFile()
        (file.path, file.documents) = (heldOut, 5)
        configuration.evaluation.files = [file]
        var whole = try TrainingRun(configuration, checkpoint: nil)
        var evaluations: [Evaluation] = []
        for count in [3, 3] {
            if whole.state.step == 3 { try whole.checkpoint.write(below: folder.path("middle")) }
            evaluations += try whole.train(steps: count).evaluations
        }
        #expect(evaluations.allSatisfy { Set($0.sets.keys) == ["1 people", "held-out.jsonl"] })
        #expect(evaluations.allSatisfy { $0.sets["held-out.jsonl"]?.questions == 2 })
        #expect(whole.state.rowsDrawn[training] ?? 0 > 0)
        let middle = try TrainingCheckpoint(latestBelow: folder.path("middle")) { _ in .all }
        var resumed = try TrainingRun(configuration, checkpoint: middle)
        try resumed.train()
        #expect(resumed.state == whole.state)
        try whole.checkpoint.write(below: folder.path("whole"))
        try resumed.checkpoint.write(below: folder.path("resumed"))
        #expect(try folder.files(below: "resumed") == folder.files(below: "whole"))
    }
}
