import Foundation
import ModelFiles
import Tensors

// PEFT's directory of an adapter: `adapter_config.json` and `adapter_model.safetensors`.

extension AdapterLayout {
    /// Checks that the PEFT adapter in a directory is of a kind that is known, as far as that can be told without its base
    /// model.
    ///
    /// - Throws: `AdapterFileError`.
    public static func checkKind(peftDirectory directory: String) throws {
        let file = URL(fileURLWithPath: directory).appending(path: "adapter_config.json").path
        _ = try PEFTConfiguration(path: file).targetNames(file: file)
    }

    /// The layout that PEFT's configuration describes for a model.
    fileprivate init(_ settings: PEFTConfiguration, file: String, configuration: ModelConfiguration) throws {
        let targets = try settings.targetNames(file: file)
        do {
            try self.init(
                rank: settings.rank, alpha: settings.alpha, rankStabilized: settings.rankStabilized ?? false,
                targets: targets, layers: settings.layers?.numbers, configuration: configuration)
        } catch {
            throw AdapterFileError(file: file, problem: error.problem)
        }
    }
}

extension Adapter {
    /// Reads the directory of a PEFT adapter of a model.
    ///
    /// - Throws: `AdapterFileError`, `WeightMismatch`, `SafeTensorsError`.
    public init<Scalar>(
        peftDirectory directory: String, configuration: ModelConfiguration
    ) throws where Value == Tensor<Scalar> {
        let folder = URL(fileURLWithPath: directory)
        let settings = folder.appending(path: "adapter_config.json").path
        let layout = try AdapterLayout(
            PEFTConfiguration(path: settings), file: settings, configuration: configuration)
        let file = try SafeTensorsFile(path: folder.appending(path: "adapter_model.safetensors").path)
        if let surplus = Set(file.names).subtracting(layout.names).min() {
            throw AdapterFileError(
                file: file.file, problem: "\(surplus) is no part of what adapter_config.json describes")
        }
        try self.init(reading: file, layout: layout)
    }

    /// Writes the adapter of one task as PEFT's directory, with a scale that every consumer reads alike: α of the plain
    /// rule α/rank, and no `use_rslora`, which some ignore.
    ///
    /// - Parameter baseModel: where the base model is, for PEFT's loaders.
    /// - Throws: `FileReplacementError`, or the file system's error.
    public func writePEFT(
        to directory: String, configuration: ModelConfiguration, baseModel: String?
    ) throws where Value == Tensor<Float> {
        let folder = URL(fileURLWithPath: directory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let settings = PEFTConfiguration(
            baseModel: baseModel, rank: layout.rank, alpha: layout.plainAlpha, rankStabilized: false,
            targets: .list(layout.maps.map(\.shortName)),
            layers: layout.layers.count == configuration.layers ? nil : .init(layout.layers),
            transposesBase: configuration.family.definition.weights.storesMapsTransposed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try SafeTensorsWriter(tensors: written(), metadata: ["format": "pt"])
            .write(to: folder.appending(path: "adapter_model.safetensors").path)
        try replaceFile(
            at: folder.appending(path: "adapter_config.json").path,
            with: [try encoder.encode(settings) + Data("\n".utf8)])
    }
}

// llama.cpp's file of a LoRA adapter: metadata that says so, and tensors named after the weights that they adapt.

extension Adapter {
    /// Writes the adapter of one task as a GGUF file for llama.cpp, which scales B·A by α/rank.
    ///
    /// - Throws: `GGUFError`, `FileReplacementError`.
    public func writeGGUF(
        to path: String, configuration: ModelConfiguration
    ) throws where Value == Tensor<Float> {
        let metadata: [String: GGUFValue] = [
            "general.type": .string("adapter"),
            "general.architecture": .string(configuration.family.definition.ggufArchitecture),
            "adapter.type": .string("lora"),
            "adapter.lora.alpha": .float32(Float(layout.plainAlpha)),
        ]
        let written = layout.entries.enumerated().flatMap { index, entry in
            let name = WeightRole.map(entry.map, layer: entry.layer, .weight).ggufName
            var b = tensors[2 * index + 1][0]
            // The rows of queries and keys stand in the order of the base model's file.
            if configuration.family.definition.weights.ggufPairsRotatedRows,
                let heads = entry.map.rotatedHeads(in: configuration)
            {
                let order = RotaryOrder(heads: heads, headWidth: configuration.headWidth).toGGUF
                b = b.gatheringRows(order.map { Int32($0) })
            }
            return [
                GGUFTensor(name: "\(name).lora_a", tensors[2 * index][0]), GGUFTensor(name: "\(name).lora_b", b),
            ]
        }
        try GGUFWriter(metadata: metadata, tensors: written).write(to: path)
    }
}
