import Foundation
import LanguageModel
import MetaTrainingSupport
import PERKModel
import Testing
import TestTimeLearning

@testable import MetaTraining

@Suite struct TrainingCheckpointTests {
    private let folder: TemporaryFolder
    private var directory: String { folder.path("run") }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The checkpoint after `steps` steps of a tiny run.
    private func checkpoint(after steps: Int) throws -> TrainingCheckpoint {
        var run = try TrainingRun(TinyTraining.configuration(), checkpoint: nil)
        try run.train(steps: steps)
        return run.checkpoint
    }

    private func latest(base: TrainedBase = .all) throws -> TrainingCheckpoint? {
        try TrainingCheckpoint(latestBelow: directory, base: { _ in base })
    }

    private func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    }

    @Test(arguments: [0, 2, 4])
    func whatWasWrittenIsRead(steps: Int) throws {
        let written = try checkpoint(after: steps)
        try written.write(below: directory)
        let read = try #require(try latest())
        #expect(read.state == written.state && read.state.step == steps)
        #expect(read.optimizer.m == written.optimizer.m && read.optimizer.v == written.optimizer.v)
        #expect(read.optimizer.updates == written.optimizer.updates)
        #expect(read.parameterNames == written.parameterNames)
        #expect(try read.model.modelDigest() == written.model.modelDigest())
    }

    /// The folder of the run, and that of the checkpoint itself.
    @Test func checkpointCanBeInspected() throws {
        try checkpoint(after: 4).write(below: directory)
        for path in [directory, "\(directory)/checkpoint-4"] {
            let found = try Inspection(path: path)
            #expect(found.kind == .trainingCheckpoint && found.path == "\(directory)/checkpoint-4")
            #expect(found.problem == nil && found.learnedRates.count == 1)
            let state = try #require(found.settings.first { $0.source == "state.json" }?.values)
            #expect(state["step"] == .integer(4) && state["phase"] == .text("meta"))
            #expect(found.files.map(\.name) == ["model.safetensors", "meta.safetensors", "optimizer.safetensors"])
            let counts = found.files.map { $0.tensors.reduce(0) { $0 + $1.elementCount } }
            // Two moments of each parameter, those of the base among them.
            #expect(counts[2] == 2 * (counts[0] + counts[1]))
        }
    }

    @Test func runWithoutCheckpointsHasNoLatest() throws {
        #expect(try latest() == nil)
    }

    @Test func newCheckpointTakesThePlaceOfTheOldOnes() throws {
        try checkpoint(after: 1).write(below: directory)
        try Data("notes".utf8).write(to: URL(fileURLWithPath: folder.path("run/notes.txt")))
        try checkpoint(after: 2).write(below: directory)
        #expect(try entries() == ["checkpoint-2", "latest", "notes.txt"])
        let files = try folder.files(below: "run")
        try checkpoint(after: 2).write(below: directory)
        #expect(try folder.files(below: "run") == files)
    }

    /// What a process leaves behind that ends before the folder takes its name, or before `latest` does.
    @Test func unfinishedCheckpointIsPassedOver() throws {
        try checkpoint(after: 1).write(below: directory)
        for name in ["run/checkpoint-2.unfinished", "run/checkpoint-2", "run/checkpoint-3"] {
            try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(fileURLWithPath: folder.path("\(name)/config.json")))
        }
        #expect(try latest()?.state.step == 1)

        try checkpoint(after: 2).write(below: directory)
        #expect(try latest()?.state.step == 2)
        #expect(try entries() == ["checkpoint-2", "latest"])
    }

    /// `latest` names a whole checkpoint even while the same step is written again.
    @Test func sameStepIsWrittenAgainWithoutAGap() throws {
        let checkpoint = try checkpoint(after: 1)
        try checkpoint.write(below: directory)
        let before = try identity(of: "run/checkpoint-1/state.json")
        try checkpoint.write(below: directory)
        #expect(try identity(of: "run/checkpoint-1/state.json") == before)
    }

    /// The file's number within its file system, which a copy does not share.
    private func identity(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder.path(name))[.systemFileNumber] as? Int
    }
}
