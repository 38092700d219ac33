import Foundation
import ModelFiles
import Tensors

extension Adapter {
    /// Reads an adapter of a model: the directory of a PEFT one, or a GGUF file as llama.cpp has them.
    ///
    /// - Throws: `AdapterFileError`, `WeightMismatch`, `SafeTensorsError`, `GGUFError`.
    public init<Scalar>(path: String, configuration: ModelConfiguration) throws where Value == Tensor<Scalar> {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        if exists ? !isDirectory.boolValue : path.hasSuffix(".gguf") {
            try self.init(gguf: GGUFFile(path: path), configuration: configuration)
        } else {
            try self.init(peftDirectory: path, configuration: configuration)
        }
    }

    /// Reads an adapter of a model from a GGUF file, as `convert_lora_to_gguf.py` of llama.cpp writes it: the metadata say
    /// that it is one, its tensors are named after the weights that they adapt, and B·A is scaled by α/rank.
    ///
    /// - Throws: `AdapterFileError`, `GGUFError`.
    public init<Scalar>(gguf file: GGUFFile, configuration: ModelConfiguration) throws where Value == Tensor<Scalar> {
        let contents = try GGUFAdapterContents(file, configuration)
        let layout = try contents.layout()
        var tensors: [Value] = []
        for entry in layout.entries {
            let name = WeightRole.map(entry.map, layer: entry.layer, .weight).ggufName
            tensors.append(try contents.tensor("\(name).lora_a", [layout.rank, entry.shape[1]]))
            let b: Value = try contents.tensor("\(name).lora_b", [entry.shape[0], layout.rank])
            tensors.append(contents.inOwnOrder(b, entry.map))
        }
        self.init(layout: layout, tensors: tensors)
    }
}

/// What a GGUF file says of an adapter for a model, checked as far as its table of contents goes.
private struct GGUFAdapterContents {
    private struct Site: Hashable {
        let layer: Int
        let map: LinearMap
    }

    private let file: GGUFFile
    private let configuration: ModelConfiguration
    private let sites: Set<Site>
    private let alpha: Double?

    /// What adapters' files may say of themselves, and nothing of it changes what an adapter computes.
    private static let harmlessKeys: Set = ["adapter.lora.task_name", "adapter.lora.prompt_prefix"]
    private static let alphaKey = "adapter.lora.alpha"

    init(_ file: GGUFFile, _ configuration: ModelConfiguration) throws {
        func refusal(_ problem: String) -> AdapterFileError { AdapterFileError(file: file.file, problem: problem) }
        (self.file, self.configuration) = (file, configuration)
        guard file.metadata["general.type"]?.string == "adapter" else {
            throw refusal("is no adapter, since general.type does not say so: give a LoRA adapter in GGUF")
        }
        let type = try file.value("adapter.type", \.string)
        guard type == "lora" else { throw refusal("adapter.type is \(type): only lora is supported") }
        let known = Self.harmlessKeys.union(["adapter.type", Self.alphaKey])
        let further = file.metadata.keys.filter { $0.hasPrefix("adapter.") && !known.contains($0) }
        if let key = further.min() { throw refusal("\(key) is set: only plain LoRA is supported") }
        let architecture = configuration.family.definition.ggufArchitecture
        let found = try file.value("general.architecture", \.string)
        guard found == architecture else {
            throw refusal("adapts a model of the architecture \(found), and this one is \(architecture)")
        }
        alpha = file.metadata[Self.alphaKey] == nil ? nil : try file.value(Self.alphaKey, \.float)
        guard alpha.map({ $0.isFinite && $0 >= 0 }) ?? true else {
            throw refusal("\(Self.alphaKey) is \(alpha ?? 0): it must not be negative")
        }
        sites = try Self.sites(in: file, configuration)
    }

    /// The maps that both tensors are there for.
    private static func sites(in file: GGUFFile, _ configuration: ModelConfiguration) throws -> Set<Site> {
        func refusal(_ problem: String) -> AdapterFileError { AdapterFileError(file: file.file, problem: problem) }
        var known: [String: Site] = [:]
        for layer in 0..<configuration.layers {
            for map in configuration.family.maps {
                known[WeightRole.map(map, layer: layer, .weight).ggufName] = Site(layer: layer, map: map)
            }
        }
        var sites: Set<Site> = []
        for name in file.names {
            let ending = [".lora_a", ".lora_b"].first(where: name.hasSuffix)
            guard let ending, let site = known[String(name.dropLast(ending.count))] else {
                let names = configuration.family.maps.map(\.ggufName).joined(separator: ", ")
                throw refusal(
                    "\(name) has no place in an adapter of this model, whose \(configuration.layers) layers have the "
                        + "maps \(names)")
            }
            let other = name.dropLast(ending.count) + (ending == ".lora_a" ? ".lora_b" : ".lora_a")
            guard file.contains(String(other)) else { throw refusal("\(other) is missing beside \(name)") }
            sites.insert(site)
        }
        guard !sites.isEmpty else { throw refusal("holds no tensors") }
        return sites
    }

    /// The layout of all adapted maps, which are the same in each adapted layer and of one rank.
    func layout() throws -> AdapterLayout {
        let layers = Set(sites.map(\.layer)).sorted()
        let maps = configuration.family.maps.filter { map in sites.contains { $0.map == map } }
        var rank: Int?
        for layer in layers {
            for map in maps {
                let name = WeightRole.map(map, layer: layer, .weight).ggufName + ".lora_a"
                guard sites.contains(Site(layer: layer, map: map)) else {
                    throw refusal("\(name) is missing: every adapted layer needs the same maps")
                }
                let own = try file.entry(name).shape[0]
                guard rank ?? own == own else {
                    throw refusal("\(name) has the rank \(own), others have \(rank ?? 0): only one rank is supported")
                }
                rank = own
            }
        }
        guard let rank else { preconditionFailure("an adapter without tensors is refused") }
        // llama.cpp takes an α that is zero or missing for a scale of 1.
        return AdapterLayout(
            rank: rank, alpha: alpha.flatMap { $0 > 0 ? $0 : nil } ?? Double(rank), rankStabilized: false, maps: maps,
            layers: layers, configuration: configuration)
    }

    /// A tensor of the given shape, with an axis of one task before it.
    func tensor<Scalar>(_ name: String, _ shape: [Int]) throws -> Tensor<Scalar> {
        let found = try file.entry(name).shape
        guard found == shape else {
            throw refusal("\(name) has shape \(found), the model asks for \(shape): the adapter is another model's")
        }
        let tensor = Tensor(try file.floats(name).map { Scalar($0) }, shape: [1] + shape)
        guard tensor.isFinite else { throw refusal("\(name) holds numbers that are not finite: the file is damaged") }
        return tensor
    }

    /// B with its rows in Hugging Face's order; in the file those of queries and keys are in the order of the base model's.
    func inOwnOrder<Scalar>(_ b: Tensor<Scalar>, _ map: LinearMap) -> Tensor<Scalar> {
        guard configuration.family.definition.weights.ggufPairsRotatedRows,
            let heads = map.rotatedHeads(in: configuration)
        else { return b }
        let order = RotaryOrder(heads: heads, headWidth: configuration.headWidth).fromGGUF
        return b[0].gatheringRows(order.map { Int32($0) }).reshaped(b.shape)
    }

    private func refusal(_ problem: String) -> AdapterFileError { AdapterFileError(file: file.file, problem: problem) }
}
