import Foundation
@testable import PERKModel
import Testing
import TinyModels

/// The folder of a training run in the place of a model.
@Suite struct RunFolderTests {
    private let folder: TemporaryFolder
    private let run: String

    init() throws {
        folder = try TemporaryFolder()
        run = folder.path("run")
        for step in [2, 3] { try TinyModel.make(seed: UInt64(step)).write(to: "\(run)/checkpoint-\(step)") }
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(run)/\(name)"))
    }

    @Test func theBestCheckpointIsItsModelAndOtherwiseTheNewest() throws {
        #expect(try RunFolder.model(at: run) == run && !AnsweringModel.isMetaTrained(path: run))
        #expect(throws: (any Error).self) { try AnsweringModel(path: run) }
        try write("checkpoint-3", to: "latest")
        #expect(try RunFolder.model(at: run) == "\(run)/checkpoint-3" && AnsweringModel.isMetaTrained(path: run))
        #expect(try AnsweringModel(path: run).modelDigest() == TinyModel.make(seed: 3).modelDigest())
        try write("checkpoint-2\n", to: "best")
        #expect(try RunFolder(path: run).latest() == "checkpoint-3")
        #expect(try AnsweringModel(path: run).modelDigest() == TinyModel.make(seed: 2).modelDigest())
        try AnsweringModel.check(path: run)
    }

    @Test func aModelIsItself() throws {
        try write("checkpoint-3", to: "checkpoint-2/latest")
        #expect(try RunFolder.model(at: "\(run)/checkpoint-2") == "\(run)/checkpoint-2")
    }

    @Test(arguments: ["best", "latest"]) func aFileThatNamesNoCheckpointIsNamed(_ name: String) throws {
        try write("../elsewhere", to: name)
        #expect(throws: RunFolderError(file: "\(run)/\(name)")) { try AnsweringModel(path: run) }
    }
}
