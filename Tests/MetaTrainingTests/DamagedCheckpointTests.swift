import Foundation
import LanguageModel
import MetaTrainingSupport
import ModelFiles
import Testing
import TestTimeLearning

@testable import MetaTraining

/// Checkpoints that cannot be gone on from.
@Suite struct DamagedCheckpointTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var run = try TrainingRun(TinyTraining.configuration(), checkpoint: nil)
        try run.train(steps: 4)
        try run.checkpoint.write(below: folder.url.path)
    }

    private func expectRefusal(naming words: String..., base: TrainedBase = .all) {
        let error = #expect(throws: (any Error).self) {
            try TrainingCheckpoint(latestBelow: folder.url.path, base: { _ in base })
        }
        for word in words {
            #expect("\(error.map { "\($0)" } ?? "")".contains(word))
        }
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }

    @Test func latestThatNamesNoCheckpointIsAnError() throws {
        try write("checkpoint-5", to: "latest")
        expectRefusal(naming: folder.path("checkpoint-5"))
    }

    @Test(arguments: ["", "\n", "checkpoint-", "../checkpoint-4", "notes"])
    func latestThatHoldsSomethingElseIsAnError(text: String) throws {
        try write(text, to: "latest")
        expectRefusal(naming: folder.path("latest"))
    }

    @Test func latestMayEndInALineBreak() throws {
        try write("checkpoint-4\n", to: "latest")
        #expect(try TrainingCheckpoint(latestBelow: folder.url.path, base: { _ in .all })?.state.step == 4)
    }

    @Test func latestThatIsNotTextIsAnError() throws {
        try Data([0xFF, 0xFE]).write(to: folder.url.appendingPathComponent("latest"))
        expectRefusal(naming: folder.path("latest"))
    }

    @Test(arguments: [
        "config.json", "model.safetensors", "tokenizer.model", "perk.json", "meta.safetensors", "optimizer.safetensors",
        "state.json",
    ])
    func missingAndShortenedFilesAreNamed(name: String) throws {
        let path = folder.path("checkpoint-4/\(name)")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        expectRefusal(naming: path)
        try FileManager.default.removeItem(atPath: path)
        expectRefusal(naming: folder.path("checkpoint-4"), name)
    }

    @Test func optimizerWithoutItsUpdatesIsNamed() throws {
        let path = folder.path("checkpoint-4/optimizer.safetensors")
        try SafeTensorsWriter(tensors: []).write(to: path)
        expectRefusal(naming: path, "updates")
    }

    @Test func optimizerOfOtherParametersIsNamed() throws {
        let small = try TrainingRun(
            TinyTraining.configuration(changes: ["meta": "{trainBase: false}", "base": "{steps: 0}"]), checkpoint: nil)
        var run = small
        try run.train(steps: 1)
        try run.checkpoint.write(below: folder.path("other"))
        try FileManager.default.removeItem(atPath: folder.path("checkpoint-4/optimizer.safetensors"))
        try FileManager.default.copyItem(
            atPath: folder.path("other/checkpoint-1/optimizer.safetensors"),
            toPath: folder.path("checkpoint-4/optimizer.safetensors"))
        expectRefusal(naming: folder.path("checkpoint-4/optimizer.safetensors"), "model.embed_tokens.weight")
    }
}
