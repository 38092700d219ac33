import Foundation
import MetaTrainingSupport
import PERKModel
import Testing

/// `export-start` as a person runs it.
@Suite struct ExportStartCommandTests {
    private let folder: TemporaryFolder
    private let model: AnsweringModel
    private static let base = TinyTraining.fixtures.appending(path: "families/gguf-llama-q8_0/model.gguf")

    init() throws {
        folder = try TemporaryFolder()
        var configuration = PERKConfiguration.untrained
        configuration.adapter.rank = 2
        model = try AnsweringModel(fresh: BaseModel(path: Self.base.path), configuration: configuration)
        try model.write(to: folder.path("model"))
    }

    private func run(_ arguments: String...) throws -> (status: Int32, log: String, output: String) {
        try CommandProcess(["export-start"] + arguments, in: folder).finish()
    }

    @Test func theStartIsAModelBesideItsBase() throws {
        #expect(try run("model", "--output", "start", "--bits", "32").status == 0)
        #expect(try run("model", "--output", "half").status == 0)
        for start in ["start", "half"] {
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(start)).sorted()
            #expect(files == ["meta.safetensors", "perk.json"])
        }
        try FileManager.default.removeItem(atPath: folder.path("model"))
        let refused = try run("start", "--output", "again")
        #expect(refused.status == 1 && refused.log.contains("holds no base model, and model.gguf"))
        #expect(refused.log.hasSuffix("(--base)\n"))
        #expect(try run("start", "--output", "again", "--base", Self.base.path, "--bits", "32").status == 0)
        let files = ["start", "again"].map { folder.url.appending(path: "\($0)/meta.safetensors") }
        #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
        let read = try AnsweringModel(path: folder.path("again"), base: Self.base.path)
        #expect(try read.modelDigest() == model.modelDigest())
    }

    @Test func whatCannotBeExportedIsRefused() throws {
        let plain = try run(Self.base.path, "--output", "start")
        #expect(plain.status == 1 && plain.log.contains("is no meta-trained model"))
        let whole = TinyTraining.fixtures.appending(path: "default-model").path
        let trained = try run(whole, "--output", "start")
        #expect(trained.status == 1 && trained.log.contains("copy the model's directory"))
        #expect(try run("model", "--output", "start", "--bits", "8").status == 64)
        #expect(!FileManager.default.fileExists(atPath: folder.path("start")))
    }
}
