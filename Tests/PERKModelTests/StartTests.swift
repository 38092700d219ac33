import Foundation
import LanguageModel
import ModelFiles
import Tensors
import TestTimeLearning
import Testing
import TinyModels

@testable import PERKModel

/// Starts of learning that lie apart from their base model.
@Suite struct StartTests {
    private let folder: TemporaryFolder
    private let model: AnsweringModel
    private static let base = TinyModel.fixtures.appending(path: "families/gguf-llama-q8_0/model.gguf")

    init() throws {
        folder = try TemporaryFolder()
        var configuration = PERKConfiguration()
        (configuration.adapter.rank, configuration.weighter.hiddenWidth) = (2, 4)
        configuration.inner.steps = 2
        configuration.text.maximumSegmentTokens = 16
        model = try AnsweringModel(fresh: BaseModel(path: Self.base.path), configuration: configuration)
        try model.writeStart(to: folder.path("runs/start"), halved: false)
    }

    private func read(_ start: String = "runs/start", base: String? = nil) throws -> AnsweringModel {
        try AnsweringModel(path: folder.path(start), base: base, locations: locations)
    }

    private var locations: ModelLocations { ModelLocations(folders: [folder.url.appending(path: "models")]) }

    private func placeBase(_ name: String) throws {
        let place = folder.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Self.base, to: place)
    }

    @Test(arguments: ["runs/start/model.gguf", "runs/model.gguf", "models/model.gguf"])
    func theBaseIsFoundByItsName(place: String) throws {
        try placeBase(place)
        let read = try read()
        #expect(read.isMetaTrained && read.configuration == model.configuration)
        #expect(try read.modelDigest() == model.modelDigest())
        #expect(try Inspection(path: folder.path("runs/start")).kind == .metaTrainedModel)
        #expect(try BaseModel.tokenizer(path: folder.path("runs/start"), locations: locations).vocabularySize > 0)
    }

    @Test func theBaseMayBeNamed() throws {
        try placeBase("elsewhere/other.gguf")
        for base in ["elsewhere/other.gguf", "elsewhere"] {
            #expect(try read(base: folder.path(base)).modelDigest() == model.modelDigest())
        }
        // Written as a whole, it needs no other place.
        try read(base: folder.path("elsewhere")).write(to: folder.path("whole"))
        #expect(try read("whole").modelDigest() == model.modelDigest())
        let error = #expect(throws: BaseModelSuperfluous.self) { try read("whole", base: Self.base.path) }
        #expect(error?.description == "\(folder.path("whole")) has its base model with it: name no other")
    }

    @Test func aStartWithoutItsBaseSaysWhereItBelongs() throws {
        let error = #expect(throws: BaseModelMissing.self) { try read() }
        #expect(error?.base == (try BaseReference(path: Self.base.path)) && error?.others == [])
        let places = ["runs/start", "runs", "models"].map { folder.path("\($0)/model.gguf") }
        #expect(error?.places == places)
        let description = try #require(error?.description)
        #expect(description.hasPrefix("\(folder.path("runs/start")) holds no base model, and model.gguf"))
        #expect(places.allSatisfy(description.contains) && description.hasSuffix("put it there, or name the file"))
        let found = try Inspection(path: folder.path("runs/start"))
        #expect(found.kind == .metaTrainedModel && found.adapter?.rank == 2)
        #expect(found.problem?.contains("holds no base model") == true)
    }

    /// Of the places that are searched, one with another model of the name is passed over.
    @Test func anotherBaseIsNamed() throws {
        let other = folder.url.appending(path: "runs/model.gguf")
        try FileManager.default.copyItem(
            at: TinyModel.fixtures.appending(path: "families/gguf-gpt2-f16/model.gguf"), to: other)
        let error = #expect(throws: BaseModelMissing.self) { try read() }
        #expect(error?.others == [other.path])
        #expect(error?.description.contains("\(other.path) is another one: fetch that model") == true)
        #expect(throws: BaseModelMissing.self) { try read(base: other.path) }
        try placeBase("models/model.gguf")
        #expect(try read().modelDigest() == model.modelDigest())
    }

    @Test func sixteenBitsHoldTheStartInHalfTheBytes() throws {
        try placeBase("models/model.gguf")
        try model.writeStart(to: folder.path("runs/half"), halved: true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("runs/half")).sorted()
                == ["meta.safetensors", "perk.json"])
        let half = try read("runs/half")
        for (half, whole) in zip(half.metaTensors, model.metaTensors) {
            guard case .floats(let rounded) = half.scalars, case .floats(let exact) = whole.scalars else {
                Issue.record("\(half.name) is no tensor of floats")
                return
            }
            #expect(rounded == exact.map { Float(Float16($0)) } && half.name == whole.name)
        }
        #expect(half.configuration == model.configuration)
        func bytes(_ start: String) throws -> Int {
            try SafeTensorsFile(path: folder.path("\(start)/meta.safetensors")).tensors
                .reduce(0) { $0 + $1.byteRange.count }
        }
        #expect(try 2 * bytes("runs/half") == bytes("runs/start"))
    }

    @Test func aFolderOfFilesIsNamed() throws {
        let base = folder.url.appending(path: "models/tiny-llama")
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        for file in ["config.json", "model.safetensors"] {
            try FileManager.default.copyItem(
                at: TinyModel.fixtures.appending(path: "families/llama-bf16/\(file)"), to: base.appending(path: file))
        }
        try TinyModel.byteLevelVocabulary().write(to: base.appending(path: "tokenizer.json"))
        var configuration = PERKConfiguration.untrained
        configuration.adapter.rank = 2
        let model = try AnsweringModel(fresh: BaseModel(path: base.path), configuration: configuration)
        try model.write(to: folder.path("whole"))
        let whole = try read("whole")
        #expect(throws: StartExportError.unnamedBase) {
            try whole.writeStart(to: folder.path("runs/other"), halved: true)
        }
        #expect(throws: StartExportError.otherBase(Self.base.path)) {
            try whole.writeStart(to: folder.path("runs/other"), base: Self.base.path, halved: true)
        }
        try whole.writeStart(to: folder.path("runs/other"), base: base.path, halved: false)
        #expect(try read("runs/other").modelDigest() == model.modelDigest())
        try FileManager.default.moveItem(at: base, to: folder.url.appending(path: "runs/tiny-llama"))
        #expect(try read("runs/other").modelDigest() == model.modelDigest())
    }

    @Test func aTrainedBaseIsNoneToLeaveOut() throws {
        #expect(throws: StartExportError.ownBase) {
            try TinyModel.make().writeStart(to: folder.path("runs/own"), halved: true)
        }
        var large = model
        large.learned.logRates = Tensor(repeating: 1e6, shape: large.learned.logRates.shape)
        #expect(throws: StartExportError.outOfRange(tensor: "log_rates")) {
            try large.writeStart(to: folder.path("runs/large"), halved: true)
        }
    }
}
