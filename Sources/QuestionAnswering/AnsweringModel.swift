import AdapterStore
import Foundation
import LanguageModel
import ModelFiles
import Tensors
import TestTimeLearning
import Tokenization

/// A meta-learned model with its tokenizer and text format: all that serving needs, as it lies in one directory.
///
///     config.json            the base model's configuration, in Hugging Face's keys
///     model.safetensors      its weights
///     tokenizer.model        the SentencePiece vocabulary
///     perk.json              adapter, inner loop and text format
///     meta.safetensors       φ₀ under PEFT's names, the token weighter, the learned rates
public struct AnsweringModel: Sendable {
    public var learned: MetaLearnedModel<Float>
    public let tokenizer: SentencePieceTokenizer
    public var format: TextFormat

    public init(learned: MetaLearnedModel<Float>, tokenizer: SentencePieceTokenizer, format: TextFormat) {
        self.learned = learned
        self.tokenizer = tokenizer
        self.format = format
    }

    /// Reads a model's directory.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public init(directory: String) throws {
        let url = URL(fileURLWithPath: directory)
        let configuration = try LlamaConfiguration(path: url.appending(path: "config.json").path)
        let settings = try MetaSettings(path: url.appending(path: "perk.json").path)
        tokenizer = try SentencePieceTokenizer(path: url.appending(path: "tokenizer.model").path)
        guard tokenizer.vocabularySize == configuration.vocabularySize else {
            throw WeightMismatch(
                file: url.appending(path: "tokenizer.model").path,
                problem: "the vocabulary has \(tokenizer.vocabularySize) pieces, config.json says "
                    + "\(configuration.vocabularySize): the tokenizer belongs to another model")
        }
        let weights = try LlamaWeights<Tensor<Float>>(
            reading: SafeTensorsFile(path: url.appending(path: "model.safetensors").path), configuration: configuration)
        let meta = try SafeTensorsFile(path: url.appending(path: "meta.safetensors").path)
        let adapter = try Adapter<Tensor<Float>>(
            reading: meta, layout: settings.adapter.layout(configuration))
        learned = MetaLearnedModel(
            configuration: configuration, innerLoop: settings.innerLoop.configuration, weights: weights,
            adapter: adapter,
            weighter: try settings.weighterHiddenWidth.map {
                try TokenWeighter(reading: meta, width: configuration.width, hiddenWidth: $0)
            },
            logRates: try meta.tensor("log_rates", shape: [adapter.tensors.count, settings.innerLoop.steps]))
        format = settings.text
    }

    /// Writes the model's directory; each file is replaced as a whole.
    public func write(to directory: String) throws {
        let url = URL(fileURLWithPath: directory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try learned.configuration.write(to: url.appending(path: "config.json").path)
        try SafeTensorsWriter(tensors: learned.weights.written(), metadata: ["format": "pt"])
            .write(to: url.appending(path: "model.safetensors").path)
        try replaceFile(at: url.appending(path: "tokenizer.model").path, with: [tokenizer.serialized])
        try MetaSettings(learned, format).write(to: url.appending(path: "perk.json").path)
        try SafeTensorsWriter(tensors: metaTensors).write(to: url.appending(path: "meta.safetensors").path)
    }

    private var metaTensors: [SafeTensorsTensor] {
        let weighter = zip(TokenWeighter<Tensor<Float>>.names, learned.weighter?.tensors ?? [])
        return learned.adapter.written()
            + weighter.map { SafeTensorsTensor(name: "weighter.\($0)", $1) }
            + [SafeTensorsTensor(name: "log_rates", learned.logRates)]
    }

    /// A digest of everything that decides which adapter a document becomes.
    public func recipe() throws -> Fingerprint {
        Fingerprint(parts: [
            "configuration": try JSONEncoder.stable.encode(learned.configuration),
            "weights": try SafeTensorsWriter(tensors: learned.weights.written()).serialized(),
            "tokenizer": tokenizer.serialized,
            "settings": try JSONEncoder.stable.encode(MetaSettings(learned, format)),
            "meta": try SafeTensorsWriter(tensors: metaTensors).serialized(),
        ])
    }
}

extension TokenWeighter {
    fileprivate init(reading file: SafeTensorsFile, width: Int, hiddenWidth: Int) throws where Value == Tensor<Float> {
        let shapes = [[hiddenWidth, width], [hiddenWidth], [1, hiddenWidth], [1]]
        self.init(tensors: try zip(Self.names, shapes).map { try file.tensor("weighter.\($0)", shape: $1) })
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
