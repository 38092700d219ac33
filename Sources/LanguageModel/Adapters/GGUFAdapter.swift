import Foundation
import ModelFiles
import Tensors

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
            "general.architecture": .string(configuration.family.rawValue),
            "adapter.type": .string("lora"),
            "adapter.lora.alpha": .float32(Float(layout.plainAlpha)),
        ]
        let written = layout.entries.enumerated().flatMap { index, entry in
            let name = WeightRole.map(entry.map, layer: entry.layer, .weight).ggufName
            var b = tensors[2 * index + 1][0]
            // The rows of queries and keys stand in the order of the base model's file.
            if configuration.family == .llama, let heads = entry.map.rotatedHeads(in: configuration) {
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
