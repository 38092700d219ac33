import ChatTemplates
import Digests
import Foundation
import LanguageModel
import ModelFiles
import Tensors
import TestTimeLearning
import Tokenization

/// A model that learns documents and answers questions about them: a base model with its tokenizer, and what meta-training
/// gave it. See `ModelDirectory` for its files.
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
    let baseFiles: [BaseFile]

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
        // Stated, so that another adapter changes nothing.
        self.learned.innerLoop.microBatchTokens = learned.microBatchTokens
        self.tokenizer = tokenizer
        self.format = format.fitted(to: learned.configuration)
        self.isMetaTrained = isMetaTrained
        self.chatTemplate = chatTemplate
        self.baseFiles = baseFiles
    }

    /// Forgets what was measured of the model as it was: another start of learning makes other adapters.
    public mutating func forgetMeasurements() { (calibration, limits) = (nil, nil) }

    /// Whether some weights are still in their file's format, which also says that none was trained.
    public var hasQuantizedWeights: Bool {
        learned.weights.values.contains { if case .quantized = $0 { true } else { false } }
    }

    /// Everything that makes the base model learn, but for the numbers.
    public var configuration: PERKConfiguration {
        var result = PERKConfiguration()
        (result.method, result.arithmetic, result.text) = (method, learned.arithmetic, format)
        result.adapter = AdapterConfiguration(learned.adapter.layout, layers: learned.configuration.layers)
        result.inner = learned.innerLoop
        result.inner.microBatchTokens = learned.microBatchTokens
        result.weighter.enabled = learned.weighter != nil
        if let weighter = learned.weighter {
            result.weighter.hiddenWidth = weighter.bias1.shape[0]
            result.weighter.weighting = weighter.weighting
        }
        (result.calibration, result.limits) = (calibration, limits)
        return result
    }

    /// φ₀, ω and log α by their names in files: PEFT's, the weighter's, `log_rates`.
    var metaTensors: [SafeTensorsTensor] {
        let weighter = zip(TokenWeighter<Tensor<Float>>.names, learned.weighter?.tensors ?? [])
        return learned.adapter.written()
            + weighter.map { SafeTensorsTensor(name: "weighter.\($0)", $1) }
            + [SafeTensorsTensor(name: "log_rates", learned.logRates)]
    }
}

// MARK: - Arithmetic

extension AnsweringModel {
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
}

// MARK: - Digests

extension AnsweringModel {
    /// Counts the changes of this program that give a document another adapter, if only in its last bits.
    private static let arithmeticVersion = 3

    /// The tokens that end an answer: those that the model's configuration or its tokenizer names.
    public var endTokens: Set<Int> { tokenizer.ends.union(learned.configuration.eosTokens) }

    /// A digest of everything that decides which adapter a document becomes: the arithmetic in force and the kernels that
    /// compute it, rather than what is asked for.
    public func modelDigest() throws -> Digest {
        let arithmetic = "\(Self.arithmeticVersion) \(learned.arithmetic.rawValue) \(learned.arithmetic.kernelPath)"
        var parts = try learnedParts()
        parts["arithmetic"] = Data(arithmetic.utf8)
        return Digest(parts: parts)
    }

    /// Whether another model has the same base model: its shape, its tokenizer and its numbers.
    public func sharesBase(with other: AnsweringModel) throws -> Bool { try baseParts() == other.baseParts() }

    /// The parts of the digest that are the same on every machine.
    func learnedParts() throws -> [String: Data] {
        var parts = try baseParts()
        parts["settings"] = try JSONEncoder.stable.encode(PERKConfigurationVersion1.members(of: configuration))
        parts["meta"] = try SafeTensorsWriter(tensors: metaTensors).serialized()
        return parts
    }

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
