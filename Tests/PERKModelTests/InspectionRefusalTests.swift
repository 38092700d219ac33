import Foundation
import LanguageModel
import ModelFiles
import Testing
import TinyModels

@testable import PERKModel

/// Paths at which nothing whole lies: each refusal is an error of a known type that names the file.
@Suite struct InspectionRefusalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    }

    private func expectRefusal(_ name: String, naming file: String? = nil, _ words: String, line: Int = #line) {
        let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
        let error = #expect(throws: (any Error).self, sourceLocation: place) { try Inspection(path: folder.path(name)) }
        guard let error else { return }
        #expect("\(error)".hasPrefix(folder.path(file ?? name)), "\(error)", sourceLocation: place)
        #expect("\(error)".contains(words), "\(error)", sourceLocation: place)
        let isTyped =
            error is InspectionError || error is RunFolderError || error is SafeTensorsError
            || error is GGUFError || error is ModelNotFound
        #expect(isTyped, "\(type(of: error))", sourceLocation: place)
    }

    @Test func pathsWithoutAModel() throws {
        expectRefusal("nothing", "does not exist")
        try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: false)
        expectRefusal("empty", naming: "empty/config.json", "is missing")
        // Opening a pipe would wait for somebody to write to it.
        #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
        expectRefusal("pipe", "neither a file nor a directory")
        try write("Some notes, and no tensors.", to: "notes.txt")
        expectRefusal("notes.txt", "this is not a safetensors file")
        try write("GGUX", to: "model.gguf")
        expectRefusal("model.gguf", "does not begin with GGUF")
        try write("[]", to: "model.safetensors.index.json")
        expectRefusal("model.safetensors.index.json", "is not an index of shards")
    }

    @Test(arguments: ["config.json", "perk.json", "model.safetensors", "meta.safetensors"])
    func filesThatWereCutOff(file: String) throws {
        try TinyModel.make().write(to: folder.path("model"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("model/\(file)")))
        for length in [0, 1, 7, whole.count / 3, whole.count - 2] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: folder.path("model/\(file)")))
            expectRefusal("model", naming: "model/\(file)", "damaged")
        }
        try write("[1]", to: "model/\(file)")
        expectRefusal("model", naming: "model/\(file)", "damaged")
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), #"{"a":"# + String(repeating: "[", count: 100_000),
        #"{"r": 1e999}"#, "{\"r\": \"\u{FFFF}", "{'r': 1}",
    ])
    func settingsThatAreNotJSON(text: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path("a"), withIntermediateDirectories: false)
        try write(text, to: "a/adapter_config.json")
        expectRefusal("a", naming: "a/adapter_config.json", "is not a JSON object")
    }

    @Test func nonsenseInSettingsIsShown() throws {
        try FileManager.default.createDirectory(atPath: folder.path("a"), withIntermediateDirectories: false)
        try write(#"{"r": -1, "lora_alpha": "much", "x": [[{}]]}"#, to: "a/adapter_config.json")
        let name = "base_model.model.layers.99999999999999999999.q.lora_A.weight"
        try SafeTensorsWriter(tensors: [
            SafeTensorsTensor(name: name, shape: [0, 4], scalars: .floats([])),
            SafeTensorsTensor(name: "x.layers.3.q.lora_A.weight", shape: [], scalars: .floats([1])),
            SafeTensorsTensor(name: "x.layers.4.q.lora_A.weight", shape: [0], scalars: .floats([])),
        ]).write(to: folder.path("a/adapter_model.safetensors"))
        let found = try Inspection(path: folder.path("a"))
        #expect(found.settings[0].values["x"] == .list([.list([.object([:])])]))
        #expect(found.problem?.contains("adapter_config.json") == true)
        #expect(found.adapter?.rank == nil && found.adapter?.alpha == nil && found.adapter?.layers == [3, 4])
    }

    @Test(arguments: ["", "checkpoint-", "../checkpoint-1", "checkpoint-1/..", "model", "\u{0}"])
    func latestThatNamesNoCheckpoint(name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path("run"), withIntermediateDirectories: false)
        try write(name, to: "run/latest")
        expectRefusal("run", naming: "run/latest", "does not name a checkpoint")
    }
}
