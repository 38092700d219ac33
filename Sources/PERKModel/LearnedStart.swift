import LanguageModel
import ModelFiles
import Tensors
import TestTimeLearning

/// What meta-training adds to a base model, as it lies in `perk.json` and `meta.safetensors`.
struct LearnedStart {
    let settings: MetaSettings
    let adapter: Adapter<Tensor<Float>>
    let weighter: TokenWeighter<Tensor<Float>>?
    /// [tensors, steps]
    let logRates: Tensor<Float>

    /// Reads both files.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    init(directory: String, configuration: ModelConfiguration) throws {
        settings = try MetaSettings(path: "\(directory)/perk.json")
        guard settings.text.maximumSegmentTokens <= configuration.maximumPositions else {
            throw MetaSettingsError(
                file: "\(directory)/perk.json",
                problem: "text.maximum_segment_tokens is \(settings.text.maximumSegmentTokens), but the base model "
                    + "reads at most \(configuration.maximumPositions) tokens")
        }
        let meta = try SafeTensorsFile(path: "\(directory)/meta.safetensors")
        adapter = try Adapter(reading: meta, layout: settings.adapter.layout(configuration))
        let weighting = settings.weighting ?? TokenWeighting()
        weighter = try settings.weighterHiddenWidth.map {
            try TokenWeighter(reading: meta, width: configuration.width, hiddenWidth: $0, weighting: weighting)
        }
        logRates = try meta.tensor("log_rates", shape: [adapter.tensors.count, settings.innerLoop.steps])
    }
}

extension TokenWeighter {
    fileprivate init(
        reading file: SafeTensorsFile, width: Int, hiddenWidth: Int, weighting: TokenWeighting
    ) throws where Value == Tensor<Float> {
        let shapes = [[hiddenWidth, width], [hiddenWidth], [1, hiddenWidth], [1]]
        self.init(
            tensors: try zip(Self.names, shapes).map { try file.tensor("weighter.\($0)", shape: $1) },
            weighting: weighting)
    }
}
