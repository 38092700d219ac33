import Foundation
import LanguageModel
import ModelFiles

/// What an adapter does to its model, as its settings and the names of its tensors tell.
public struct AdapterSummary: Equatable, Sendable {
    /// `nil` where the maps are adapted with different ranks.
    public let rank: Int?
    public let alpha: Double?
    /// The factor of B·A; `nil` where the rank or α is.
    public let scale: Double?
    /// The adapted maps, by their names within a layer: `self_attn.q_proj`, in GGUF files `attn_q`.
    public let targets: [String]
    /// The adapted layers, in ascending order.
    public let layers: [Int]

    /// - Parameter tensors: of the adapter's file; those that are no adapter's A are passed over.
    init(alpha: Double?, rankStabilized: Bool, tensors: [TensorDescription]) {
        // PEFT: …layers.0.self_attn.q_proj.lora_A.weight, …h.0.attn.c_attn.lora_A.weight; GGUF: blk.0.attn_q.weight.lora_a.
        let form = /(?:.*\.)?(?:layers|h|blk)\.([0-9]+)\.(.+?)(?:\.weight)?\.lora_[aA](?:\.weight)?/
        let down = tensors.compactMap { tensor -> (layer: Int, target: String, rank: Int?)? in
            guard let match = tensor.name.wholeMatch(of: form), let layer = Int(match.1) else { return nil }
            return (layer, String(match.2), tensor.shape.first)
        }
        let ranks = Set(down.map(\.rank))
        let rank = ranks.count == 1 ? down[0].rank : nil
        self.rank = rank
        self.alpha = alpha
        scale = rank.flatMap { rank in
            alpha.map { AdapterLayout.scale(rank: rank, alpha: $0, rankStabilized: rankStabilized) }
        }
        layers = Set(down.map(\.layer)).sorted()
        var seen: Set<String> = []
        targets = down.map(\.target).filter { seen.insert($0).inserted }
    }

    /// - Parameter settings: under PEFT's keys.
    init(peft settings: [String: SettingValue], tensors: [TensorDescription]) {
        self.init(
            alpha: settings["lora_alpha"]?.number, rankStabilized: settings["use_rslora"] == .boolean(true),
            tensors: tensors)
    }
}

/// The learned rates of one step of the inner loop, over all tensors of the adapter.
public struct LearnedRates: Equatable, Sendable {
    public let mean, minimum, maximum: Double

    /// The rates of each step in turn; none where the file has no `log_rates`.
    ///
    /// - Throws: `SafeTensorsError`.
    static func read(_ file: SafeTensorsFile) throws -> [LearnedRates] {
        guard file.contains("log_rates") else { return [] }
        let rates = try file.floats("log_rates").map { exp(Double($0)) }
        // [tensors, steps]
        let steps = try file.entry("log_rates").shape.last ?? 1
        return (0..<(rates.isEmpty ? 0 : steps)).map { step in
            let column = stride(from: step, to: rates.count, by: steps).map { rates[$0] }
            return LearnedRates(
                mean: column.reduce(0, +) / Double(column.count), minimum: column.min() ?? .nan,
                maximum: column.max() ?? .nan)
        }
    }
}
