import Foundation
import ModelFiles
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

/// PEFT's directories, read and written.
@Suite struct PEFTAdapterTests {
    private let folder: TemporaryFolder
    private let configuration: ModelConfiguration

    init() throws {
        folder = try TemporaryFolder()
        configuration = try FamilyFixture("llama-mha").configuration
    }

    private func adapter(_ layout: AdapterLayout) -> Adapter<Tensor<Float>> {
        var random = RandomSource(seed: 5)
        return Adapter(layout: layout, standardDeviationOfB: 0.1, using: &random)
    }

    private func read() throws -> Adapter<Tensor<Float>> {
        try Adapter(peftDirectory: folder.path, configuration: configuration)
    }

    /// Writes a directory whose configuration has the given targets and layers, and whose tensors are those of `layout`.
    private func write(
        targets: String, layers: String = "null", _ layout: AdapterLayout, without surplus: Set<String> = []
    ) throws {
        try folder.write(
            """
            {"peft_type": "LORA", "r": \(layout.rank), "lora_alpha": \(layout.alpha), "target_modules": \(targets),
            "layers_to_transform": \(layers)}
            """, to: "adapter_config.json")
        try SafeTensorsWriter(tensors: adapter(layout).written().filter { !surplus.contains($0.name) })
            .write(to: "\(folder.path)/adapter_model.safetensors")
    }

    private func layout(_ maps: [LinearMap]? = nil, layers: [Int]? = nil) -> AdapterLayout {
        AdapterLayout(
            rank: 3, alpha: 6, rankStabilized: false, maps: maps, layers: layers, configuration: configuration)
    }

    @Test(arguments: FamilyFixture.names) func aWrittenAdapterIsReadBack(_ name: String) throws {
        let fixture = try FamilyFixture(name), configuration = fixture.configuration
        let top = configuration.layers - 1
        for (maps, layers) in [(nil, nil), (Array(configuration.family.maps.prefix(1)), [top])]
            as [([LinearMap]?, [Int]?)]
        {
            let layout = AdapterLayout(
                rank: 2, alpha: 3, rankStabilized: false, maps: maps, layers: layers, configuration: configuration)
            let written = adapter(layout)
            try written.writePEFT(to: folder.path, configuration: configuration, baseModel: nil)
            let read = try Adapter<Tensor<Float>>(peftDirectory: folder.path, configuration: configuration)
            #expect(read.layout == layout && read.tensors == written.tensors)
        }
    }

    /// α/√9 = 4/3 is written as α = 12 of the plain rule α/9.
    @Test func rankStabilizationIsWrittenAsThePlainRule() throws {
        let layout = AdapterLayout(
            rank: 9, alpha: 4, rankStabilized: true, maps: [.query], configuration: configuration)
        #expect(layout.plainAlpha == 12)
        let written = adapter(layout)
        try written.writePEFT(to: folder.path, configuration: configuration, baseModel: "/models/base")
        let read = try read()
        #expect(read.tensors == written.tensors)
        #expect(!read.layout.rankStabilized && read.layout.alpha == 12 && read.layout.scale == layout.scale)
        let settings = try PEFTConfiguration(path: "\(folder.path)/adapter_config.json")
        #expect(settings.rankStabilized == false && settings.baseModel == "/models/base")
    }

    @Test func whatIsWrittenIsWhatPEFTExpects() throws {
        let gpt2 = try FamilyFixture("gpt2-tied").configuration
        let layout = AdapterLayout(rank: 2, alpha: 3, rankStabilized: false, layers: [1], configuration: gpt2)
        try adapter(layout).writePEFT(to: folder.path, configuration: gpt2, baseModel: nil)
        let settings = try PEFTConfiguration(path: "\(folder.path)/adapter_config.json")
        #expect(settings.transposesBase == true && settings.layers?.numbers == [1])
        #expect(settings.targets == .list(["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]))
        let file = try SafeTensorsFile(path: "\(folder.path)/adapter_model.safetensors")
        #expect(file.names.count == 8)
        // c_attn maps a width of 16 to three times as much.
        let name = "base_model.model.transformer.h.1.attn.c_attn"
        #expect(try file.entry("\(name).lora_A.weight").shape == [2, 16])
        #expect(try file.entry("\(name).lora_B.weight").shape == [48, 2])
        try adapter(self.layout()).writePEFT(to: folder.path, configuration: configuration, baseModel: nil)
        let llama = try PEFTConfiguration(path: "\(folder.path)/adapter_config.json")
        #expect(llama.transposesBase == false && llama.layers == nil)
    }

    @Test func allLinearMapsMayBeMeant() throws {
        try write(targets: #""all-linear""#, layout())
        #expect(try read().layout == layout())
    }

    @Test func endsOfNamesSelectMaps() throws {
        for name in ["q_proj", "self_attn.q_proj"] {
            try write(targets: #"["\#(name)"]"#, layout([.query]))
            #expect(try read().layout.maps == [.query])
        }
    }

    /// PEFT takes an empty list for all layers, and the family's customary maps where none is named.
    @Test func whatPEFTLeavesOutIsRead() throws {
        try write(targets: #"["q_proj"]"#, layers: "[]", layout([.query]))
        #expect(try read().layout.layers == [0, 1])
        try write(targets: "null", layout([.query, .value]))
        #expect(try read().layout.maps == [.query, .value])
    }

    @Test func mapsMayBeExcluded() throws {
        let maps = configuration.family.maps.filter { $0 != .down && $0 != .query }
        func write(_ exclusions: String) throws {
            try self.write(targets: #""all-linear", "exclude_modules": \#(exclusions)"#, layout(maps))
        }
        try write(#"["down_proj", "self_attn.q_proj"]"#)
        #expect(try read().layout.maps == maps)
        try write(#"".*down_proj""#)
        #expect(throws: AdapterFileError.self) { try read() }
        try write(#"["model.layers.0.mlp.down_proj"]"#)
        let error = #expect(throws: AdapterFileError.self) { try read() }
        #expect(error?.problem.contains("model.layers.0.mlp.down_proj, which is no map of every layer") == true)
    }

    /// A file of the model's own state names the adapter in each tensor's name.
    @Test func namedAdaptersAreRead() throws {
        func rename(_ name: (Int) -> String) throws {
            try write(targets: #"["q_proj"]"#, layout([.query]))
            let tensors = adapter(layout([.query])).written().enumerated().map { index, tensor in
                let parts = tensor.name.components(separatedBy: ".weight")
                return SafeTensorsTensor(
                    name: "\(parts[0]).\(name(index)).weight", shape: tensor.shape, scalars: tensor.scalars)
            }
            try SafeTensorsWriter(tensors: tensors).write(to: "\(folder.path)/adapter_model.safetensors")
        }
        try rename { _ in "default" }
        #expect(try read().tensors == adapter(layout([.query])).tensors)
        try rename { $0 < 2 ? "first" : "second" }
        let error = #expect(throws: AdapterFileError.self) { try read() }
        #expect(error?.problem == "holds several adapters, first, second")
    }

    @Test func oneLayerMayBeANumber() throws {
        try write(targets: #"["q_proj"]"#, layers: "1", layout([.query], layers: [1]))
        #expect(try read().layout.layers == [1])
        #expect(try read()[0, .query] == nil)
    }

    @Test(arguments: [
        (#""q_proj|v_proj""#, "null", "target_modules is \"q_proj|v_proj\""),
        (#"["proj"]"#, "null", "there is no map proj"),
        (#"["embed_tokens"]"#, "null", "there is no map embed_tokens"),
        (#"["c_attn"]"#, "null", "there is no map c_attn"),
        (#"[""]"#, "null", "there is no map "), ("[]", "null", "nothing is adapted"),
        (#"["q_proj"]"#, "2", "there is no layer 2"), (#"["q_proj"]"#, "[-1]", "there is no layer -1"),
        (#"["q_proj"]"#, "[0, 9223372036854775807]", "there is no layer 9223372036854775807"),
    ])
    func whatTheModelHasNotIsRefused(targets: String, layers: String, problem: String) throws {
        try write(targets: targets, layers: layers, layout([.query]))
        let error = #expect(throws: AdapterFileError.self) { try read() }
        #expect(error?.file == "\(folder.path)/adapter_config.json")
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    }

    @Test func surplusTensorsAreNamed() throws {
        try write(targets: #"["q_proj"]"#, layout([.query, .value]))
        let error = #expect(throws: AdapterFileError.self) { try read() }
        #expect(error?.file == "\(folder.path)/adapter_model.safetensors")
        #expect(
            error?.problem.hasPrefix("base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight is no part")
                == true)
    }

    @Test func missingTensorsAreNamed() throws {
        let name = "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight"
        try write(targets: #"["q_proj"]"#, layout([.query]), without: [name])
        let error = #expect(throws: SafeTensorsError.self) { try read() }
        #expect(error?.tensor == name && error?.problem == .missing)
        try FileManager.default.removeItem(atPath: "\(folder.path)/adapter_model.safetensors")
        let missing = #expect(throws: SafeTensorsError.self) { try read() }
        #expect(missing?.file == "\(folder.path)/adapter_model.safetensors")
    }

    @Test func tensorsOfAnotherShapeAreNamed() throws {
        try write(targets: #"["q_proj"]"#, layout([.query]))
        let config = try String(contentsOfFile: "\(folder.path)/adapter_config.json", encoding: .utf8)
        try folder.write(config.replacingOccurrences(of: "\"r\": 3", with: "\"r\": 4"), to: "adapter_config.json")
        let error = #expect(throws: WeightMismatch.self) { try read() }
        #expect(error?.problem.contains("q_proj.lora_A.weight has shape [3, 16]") == true)
    }
}
