import ChatTemplates
import Digests
import Foundation
import LanguageModel
import ModelFiles
import Tensors
import TestTimeLearning
import Tokenization

/// A meta-learned model with its tokenizer and text format: all that serving needs, as it lies in one directory.
///
///     the base model         its files as Hugging Face or GGUF have them; see `BaseModel`
///     perk.json              adapter, inner loop and text format; calibration and limits, if any
///     meta.safetensors       φ₀ under PEFT's names, the token weighter, the learned rates
public struct AnsweringModel: Sendable {
    public var learned: MetaLearnedModel<Float>
    public let tokenizer: any Tokenizer
    public var format: TextFormat
    /// What its adapter was trained for.
    public var method = TrainingMethod.perk
    /// Whether the start of learning was itself learned; a plain base model begins from a random adapter.
    public let isMetaTrained: Bool
    /// What makes signals of an answer a confidence; no part of the digest, for it changes no adapter.
    public var calibration: Calibration?
    /// What documents the model is known to answer about; no part of the digest either.
    public var limits: DocumentLimits?
    /// Where the base model says how a conversation is written, if it does. No part of what decides an adapter.
    public let chatTemplate: ChatTemplateSource?
    /// The files of the base model as it was read; they hold quantized weights, which never change.
    private let baseFiles: [BaseFile]

    /// A model that is not in files yet.
    public init(learned: MetaLearnedModel<Float>, tokenizer: any Tokenizer, format: TextFormat) {
        self.init(
            learned: learned, tokenizer: tokenizer, format: format, isMetaTrained: true, chatTemplate: nil,
            baseFiles: [])
    }

    init(
        learned: MetaLearnedModel<Float>, tokenizer: any Tokenizer, format: TextFormat, isMetaTrained: Bool,
        chatTemplate: ChatTemplateSource?, baseFiles: [BaseFile]
    ) {
        self.learned = learned
        self.tokenizer = tokenizer
        self.format = format
        self.isMetaTrained = isMetaTrained
        self.chatTemplate = chatTemplate
        self.baseFiles = baseFiles
    }

    /// Reads a model: the directory of a meta-trained one, or a base model, which is given an untrained start.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public init(path: String) throws {
        let base = try BaseModel(path: path)
        if Self.isMetaTrained(path: path) {
            try self.init(directory: path, base: base)
        } else {
            try self.init(untrained: base, start: StartSettings())
        }
    }

    /// Checks the model at `path` as reading it does, without reading its matrices.
    ///
    /// - Throws: as reading it does, but for weights of the base model that are not finite.
    public static func check(path: String) throws {
        let configuration = try BaseModel.check(path: path)
        if isMetaTrained(path: path) { _ = try LearnedStart(directory: path, configuration: configuration) }
    }

    /// Whether there is a meta-trained model at `path`, if only a part of it, rather than a base model.
    public static func isMetaTrained(path: String) -> Bool {
        ["perk.json", "meta.safetensors"].contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }

    private init(directory: String, base: BaseModel) throws {
        let start = try LearnedStart(directory: directory, configuration: base.configuration)
        let learned = MetaLearnedModel(
            configuration: base.configuration, innerLoop: start.settings.innerLoop.configuration, weights: base.weights,
            adapter: start.adapter, weighter: start.weighter, logRates: start.logRates,
            arithmetic: start.settings.trainedArithmetic ?? .float32)
        self.init(
            learned: learned, tokenizer: base.tokenizer, format: start.settings.text, isMetaTrained: true,
            chatTemplate: base.chatTemplate, baseFiles: base.files)
        method = start.settings.trainedMethod ?? .perk
        (calibration, limits) = (start.settings.calibration, start.settings.limits)
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
        }
        var settings = MetaSettings(learned, format, method)
        (settings.calibration, settings.limits) = (calibration, limits)
        try settings.write(to: url.appending(path: "perk.json").path)
        try SafeTensorsWriter(tensors: metaTensors).write(to: url.appending(path: "meta.safetensors").path)
    }

    /// Whether some weights are still in their file's format, which also says that none was trained.
    public var hasQuantizedWeights: Bool {
        learned.weights.values.contains { if case .quantized = $0 { true } else { false } }
    }

    private var metaTensors: [SafeTensorsTensor] {
        let weighter = zip(TokenWeighter<Tensor<Float>>.names, learned.weighter?.tensors ?? [])
        return learned.adapter.written()
            + weighter.map { SafeTensorsTensor(name: "weighter.\($0)", $1) }
            + [SafeTensorsTensor(name: "log_rates", learned.logRates)]
    }

    /// Puts a calibration and limits into the directory of a meta-trained model, in place of those that it has. Nothing
    /// else of it changes.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public static func calibrate(directory: String, _ calibration: Calibration, _ limits: DocumentLimits) throws {
        let path = "\(directory)/perk.json"
        var settings = try MetaSettings(path: path)
        (settings.calibration, settings.limits) = (calibration, limits)
        try settings.write(to: path)
    }

    /// Forgets what was measured of the model as it was: another start of learning makes other adapters.
    public mutating func forgetMeasurements() { (calibration, limits) = (nil, nil) }

    /// Counts the changes of this program that give a document another adapter, if only in its last bits.
    private static let arithmeticVersion = 3

    /// Has documents learned in `arithmetic`, or as the model was trained; in floats where the processor cannot.
    ///
    /// - Parameter arithmetic: `nil` for the one that the model was trained with.
    /// - Returns: what a person should know about the choice: a sentence, or nothing.
    public mutating func use(_ arithmetic: Arithmetic?) -> String? {
        let trained = learned.arithmetic
        let wanted = arithmetic ?? trained
        learned.arithmetic = wanted.inForce
        if learned.arithmetic != wanted {
            return "this processor has no instructions for \(wanted.rawValue): documents are learned in "
                + learned.arithmetic.rawValue
        }
        guard isMetaTrained, trained != wanted else { return nil }
        return "documents are learned in \(wanted.rawValue), but the model was trained in \(trained.rawValue): leave "
            + "arithmetic out to use the same"
    }

    /// A digest of everything that decides which adapter a document becomes: the arithmetic in force and the kernels that
    /// compute it, rather than what is asked for.
    public func modelDigest() throws -> Digest {
        var settings = MetaSettings(learned, format, method)
        settings.arithmetic = nil
        let arithmetic = "\(Self.arithmeticVersion) \(learned.arithmetic.rawValue) \(learned.arithmetic.kernelPath)"
        var parts = try baseParts()
        parts["arithmetic"] = Data(arithmetic.utf8)
        parts["settings"] = try JSONEncoder.stable.encode(settings)
        parts["meta"] = try SafeTensorsWriter(tensors: metaTensors).serialized()
        return Digest(parts: parts)
    }

    /// A digest of the base model: its shape, its tokenizer and its numbers.
    public func baseDigest() throws -> Digest { Digest(parts: try baseParts()) }

    private func baseParts() throws -> [String: Data] {
        var parts = [
            "configuration": try JSONEncoder.stable.encode(learned.configuration),
            "tokenizer": tokenizer.serialized,
        ]
        if hasQuantizedWeights {
            // By their order, so that a model under another name is the same model.
            for (index, file) in baseFiles.filter(\.shapesAdapters).enumerated() {
                parts["base/\(index)"] = file.contents
            }
        } else {
            parts["weights"] = try SafeTensorsWriter(tensors: learned.weights.written()).serialized()
        }
        return parts
    }
}

extension JSONEncoder {
    /// The same value gives the same bytes.
    static var stable: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return encoder
    }
}
