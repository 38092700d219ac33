import Digests
import Foundation
import LanguageModel
import ModelFiles
import StrictJSON
import Tensors
import TestTimeLearning

// A model's directory:
//
//     the base model         its files as Hugging Face or GGUF have them; see `BaseModel`. A start has none
//     perk.json              everything else but the numbers; see `PERKConfiguration`
//     meta.safetensors       φ₀ under PEFT's names, the token weighter, the logarithms of the learned rates

extension AnsweringModel {
    /// Reads a model: the directory of a meta-trained one, or a base model, which is given an untrained start; of a training
    /// run, the model that `RunFolder.model` finds.
    ///
    /// - Parameters:
    ///   - base: where the base model of a start lies that holds none; `nil` to look for it in `locations`.
    /// - Throws: an error that names the file and what is wrong with it; `BaseModelMissing`.
    public init(path: String, base: String? = nil, locations: ModelLocations = ModelLocations()) throws {
        let path = try RunFolder.model(at: path)
        let base = try BaseModel(path: path, base: base, locations: locations)
        guard Self.isMetaTrained(path: path) else {
            try self.init(fresh: base, configuration: .untrained)
            return
        }
        let (configuration, start) = try Self.start(in: path, of: base.configuration)
        let learned = MetaLearnedModel(
            configuration: base.configuration, innerLoop: configuration.inner, weights: base.weights,
            adapter: start.adapter, weighter: start.weighter, logRates: start.logRates,
            arithmetic: configuration.arithmetic)
        self.init(
            learned: learned, tokenizer: base.tokenizer, format: configuration.text, isMetaTrained: true,
            chatTemplate: base.chatTemplate, baseFiles: base.files)
        method = configuration.method
        (calibration, limits) = (configuration.calibration, configuration.limits)
    }

    /// Checks the model at `path` as reading it does, without reading its matrices.
    ///
    /// - Throws: as reading it does, but for weights of the base model that are not finite.
    public static func check(
        path: String, base: String? = nil, locations: ModelLocations = ModelLocations()
    ) throws {
        let path = try RunFolder.model(at: path)
        let configuration = try BaseModel.check(path: path, base: base, locations: locations)
        if isMetaTrained(path: path) { _ = try start(in: path, of: configuration) }
    }

    /// Whether there is a meta-trained model at `path`, if only a part of it, rather than a base model.
    public static func isMetaTrained(path: String) -> Bool {
        let path = (try? RunFolder.model(at: path)) ?? path
        return [PERKConfiguration.fileName, metaFile].contains {
            FileManager.default.fileExists(atPath: "\(path)/\($0)")
        }
    }

    private static let metaFile = "meta.safetensors"

    /// φ₀, ω and log α.
    private typealias Start = (
        adapter: Adapter<Tensor<Float>>, weighter: TokenWeighter<Tensor<Float>>?, logRates: Tensor<Float>
    )

    /// What meta-training adds to a base model.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    private static func start(
        in directory: String, of model: ModelConfiguration
    ) throws -> (PERKConfiguration, Start) {
        let path = "\(directory)/\(PERKConfiguration.fileName)"
        let configuration = try PERKConfiguration(path: path)
        try configuration.require(fitting: model, file: path)
        let meta = try SafeTensorsFile(path: "\(directory)/\(metaFile)")
        let adapter = try Adapter<Tensor<Float>>(reading: meta, layout: configuration.adapter.layout(for: model))
        var weighter: TokenWeighter<Tensor<Float>>?
        if configuration.weighter.enabled {
            let hidden = configuration.weighter.hiddenWidth
            let shapes = [[hidden, model.width], [hidden], [1, hidden], [1]]
            let tensors = try zip(TokenWeighter<Tensor<Float>>.names, shapes).map {
                try meta.tensor("weighter.\($0)", shape: $1) as Tensor<Float>
            }
            weighter = TokenWeighter(tensors: tensors, weighting: configuration.weighter.weighting)
        }
        let rates: Tensor<Float> = try meta.tensor(
            "log_rates", shape: [adapter.tensors.count, configuration.inner.steps])
        return (configuration, (adapter, weighter, rates))
    }

    /// Writes the model's directory; each file is replaced as a whole.
    ///
    /// - Parameter previous: another directory with the same base model. Its files are linked to where those that the model
    ///   was read from have gone.
    public func write(to directory: String, besides previous: String? = nil) throws {
        let url = URL(fileURLWithPath: directory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        if hasQuantizedWeights {
            for file in baseFiles { try file.place(in: url, besides: previous.map { URL(fileURLWithPath: $0) }) }
        } else {
            try learned.configuration.write(to: url.appending(path: "config.json").path)
            try SafeTensorsWriter(tensors: learned.weights.written(), metadata: ["format": "pt"])
                .write(to: url.appending(path: "model.safetensors").path)
            try replaceFile(at: url.appending(path: tokenizer.fileName).path, with: [tokenizer.serialized])
            try replaceFile(
                at: url.appending(path: "tokenizer_config.json").path, with: [Data(tokenizerConfiguration().bytes)])
        }
        try configuration.write(to: url.appending(path: PERKConfiguration.fileName).path)
        try SafeTensorsWriter(tensors: metaTensors).write(to: url.appending(path: Self.metaFile).path)
    }

    /// What transformers wants to know of a tokenizer besides its own file.
    private func tokenizerConfiguration() throws -> JSONValue {
        func spelling(_ token: Int) throws -> JSONValue {
            .string(try tokenizer.decode([token], showingSpecialTokens: true))
        }
        return [
            "add_bos_token": .boolean(tokenizer.addsBOS), "bos_token": try spelling(tokenizer.bos),
            "eos_token": try spelling(tokenizer.eos), "pad_token": try spelling(tokenizer.padding),
            "tokenizer_class": "PreTrainedTokenizerFast",
        ]
    }

    /// Puts a calibration and limits into the directory of a meta-trained model, in place of those that it has. Nothing
    /// else of it changes.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public static func calibrate(directory: String, _ calibration: Calibration, _ limits: DocumentLimits) throws {
        let path = "\(directory)/\(PERKConfiguration.fileName)"
        var configuration = try PERKConfiguration(path: path)
        (configuration.calibration, configuration.limits) = (calibration, limits)
        try configuration.write(to: path)
    }
}

// MARK: - A start without its base

/// Why a start cannot be written without its base model.
public enum StartExportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The weights of the base model are the model's own: trained with it, or of 32 bits and written anew.
    case ownBase
    /// The base model is a folder of files, whose name they do not tell.
    case unnamedBase
    /// Another base model was named than the model's.
    case otherBase(String)
    /// A tensor has a number that 16 bits do not hold.
    case outOfRange(tensor: String)

    public var description: String {
        switch self {
        case .ownBase:
            "the model's base is its own, trained with it or rewritten in 32 bits: a start is of no use without it; copy "
                + "the model's directory"
        case .unnamedBase: "the base model is a folder, whose name the model does not keep: name the folder"
        case .otherBase(let path): "\(path) is not the model's base: name the one that it was trained around"
        case .outOfRange(let tensor): "\(tensor) has numbers that 16 bits do not hold: write 32 bits"
        }
    }
}

extension AnsweringModel {
    /// Writes what meta-training gave the base model, without the base model: `perk.json`, which names it by its file and
    /// digest, and `meta.safetensors`.
    ///
    /// - Parameters:
    ///   - base: where the base model lies; `nil` where it is a GGUF file, which keeps its name.
    ///   - halved: whether numbers are written in 16 bits, rounded to the nearest.
    /// - Throws: `StartExportError`, `FileReplacementError`, or an error that names the base model's file.
    public func writeStart(to directory: String, base: String? = nil, halved: Bool) throws {
        guard hasQuantizedWeights else { throw StartExportError.ownBase }
        var configuration = configuration
        let own = BaseReference(files: baseFiles)
        if let base {
            let named = try BaseReference(path: base)
            guard named.digest == own.digest else { throw StartExportError.otherBase(base) }
            configuration.base = named
        } else {
            guard !own.file.isEmpty else { throw StartExportError.unnamedBase }
            configuration.base = own
        }
        let tensors = try metaTensors.map { tensor in
            guard halved else { return tensor }
            guard let half = tensor.halved else { throw StartExportError.outOfRange(tensor: tensor.name) }
            return half
        }
        let url = URL(fileURLWithPath: directory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try configuration.write(to: url.appending(path: PERKConfiguration.fileName).path)
        try SafeTensorsWriter(tensors: tensors).write(to: url.appending(path: Self.metaFile).path)
    }
}
