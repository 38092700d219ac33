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
        try PEFTConfiguration(path: file).checkPatterns(file: file)
    }

    /// The layout that PEFT's configuration describes for a model.
    fileprivate init(_ settings: PEFTConfiguration, file: String, configuration: ModelConfiguration) throws {
        let targets = try settings.targetNames(of: configuration.family, file: file)
        do {
            try self.init(
                rank: settings.rank, alpha: settings.alpha, rankStabilized: settings.rankStabilized ?? false,
                targets: targets, layers: settings.layers.flatMap { $0.numbers.isEmpty ? nil : $0.numbers },
                configuration: configuration)
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
        let stored = try Self.storedNames(in: file)
        if let surplus = stored.keys.filter({ !layout.names.contains($0) }).min() {
            throw AdapterFileError(
                file: file.file,
                problem: "\(stored[surplus] ?? surplus) is no part of what adapter_config.json describes")
        }
        self.init(
            layout: layout,
            tensors: try zip(layout.names, layout.shapes).map { name, shape in
                try file.tensor(stored[name] ?? name, shape: shape).reshaped([1] + shape)
            })
    }

    /// The names of a file's tensors by the names that PEFT saves them under. A file of the model's own state has the name
    /// of the adapter in each, as in `lora_A.default.weight`.
    ///
    /// - Throws: `AdapterFileError` where it holds several adapters.
    private static func storedNames(in file: SafeTensorsFile) throws -> [String: String] {
        var adapters: Set<Substring> = []
        var names: [String: String] = [:]
        for name in file.names {
            let match = name.wholeMatch(of: /(.*\.lora_[AB])\.([^.]+)\.weight/)
            if let match { adapters.insert(match.2) }
            names[match.map { "\($0.1).weight" } ?? name] = name
        }
        guard adapters.count < 2, names.count == file.names.count else {
            throw AdapterFileError(
                file: file.file, problem: "holds several adapters, \(adapters.sorted().joined(separator: ", "))")
        }
        return names
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
