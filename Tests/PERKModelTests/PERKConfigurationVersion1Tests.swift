import Foundation
import LanguageModel
import StrictConfiguration
import Testing
import TestTimeLearning
import TinyModels

@testable import PERKModel

/// What `perk.json` of version 1 may hold, whose keys were PEFT's and others.
@Suite struct PERKConfigurationVersion1Tests {
    private let folder: TemporaryFolder
    private let settings: String

    init() throws {
        folder = try TemporaryFolder()
        settings = try Self.text(TinyModel.make().configuration)
    }

    private static func text(_ configuration: PERKConfiguration) throws -> String {
        var members = try PERKConfigurationVersion1.members(of: configuration)
        members["arithmetic"] = .text(configuration.arithmetic.rawValue)
        return String(decoding: try JSONEncoder.stable.encode(members), as: UTF8.self)
    }

    /// Reads the settings with one piece of text replaced.
    private func read(replacing piece: String, by other: String) throws -> PERKConfiguration {
        try #require(settings.contains(piece), "there is no \(piece) in \(settings)")
        try Data(settings.replacing(piece, with: other).utf8)
            .write(to: folder.url.appendingPathComponent("perk.json"))
        return try PERKConfiguration(path: folder.path("perk.json"))
    }

    @Test(arguments: [
        (#""version" : 1"#, #""version" : 3"#, "version is 3: this program reads 1 and 2"),
        (#""version" : 1"#, #""version" : "1""#, "version is no whole number"),
        (#""version" : 1"#, #""version" : 2"#, "unknown key"),
        (#""r" : 2"#, #""r" : -2"#, "adapter.r: -2 is out of range"),
        (#""r" : 2"#, #""r" : 0"#, "adapter.r: 0 is out of range"),
        (#""r" : 2"#, #""r" : 2.5"#, "adapter.r: expected a whole number"),
        (#""r" : 2"#, #""r" : 99999999999999999999"#, "adapter.r: expected a whole number"),
        (#""r" : 2"#, #""r" : "2""#, "adapter.r: expected a whole number"),
        (#""r" : 2"#, #""r" : null"#, "adapter.r is missing"),
        (#""r" : 2,"#, "", "adapter.r is missing"),
        (#""lora_alpha" : 4"#, #""lora_alpha" : -4"#, "adapter.lora_alpha: -4.0 is out of range"),
        (#""q_proj""#, #""query""#, "adapter.target_modules[0]: expected one of q_proj"),
        (#""adamw""#, #""adam""#, "inner_loop.optimizer: expected one of adamw, sgd, found \"adam\""),
        (#""steps" : 2"#, #""steps" : 0"#, "inner_loop.steps: 0 is out of range"),
        (#""steps" : 2"#, #""steps" : 1025"#, "inner_loop.steps: 1025 is out of range"),
        (#""truncated_steps" : 0"#, #""truncated_steps" : -1"#, "inner_loop.truncated_steps: -1 is out of range"),
        (
            #""micro_batch_tokens" : 64"#, #""micro_batch_tokens" : 0"#,
            "inner_loop.micro_batch_tokens: 0 is out of range"
        ),
        (#""beta1" : 0.9"#, #""beta1" : 1"#, "inner_loop.beta1"),
        (#""beta2" : 0.95"#, #""beta2" : -0.5"#, "inner_loop.beta2"),
        (#""epsilon" : 1e-06"#, #""epsilon" : 0"#, "inner_loop.epsilon"),
        (#""weight_decay" : 0.01"#, #""weight_decay" : -1"#, "inner_loop.weight_decay"),
        (#""weighter_hidden_width" : 8"#, #""weighter_hidden_width" : 0"#, "weighter_hidden_width: 0 is out of range"),
        (
            #""sentences_per_segment" : 1"#, #""sentences_per_segment" : 0"#,
            "text.sentences_per_segment: 0 is out of range"
        ),
        (
            #""maximum_segment_tokens" : 32"#, #""maximum_segment_tokens" : 2"#,
            "text.maximum_segment_tokens: 2 is out of range"
        ),
        (
            #""version" : 1"#, #""version" : 1, "weighter_nonlinearity": "relu""#,
            "weighter_nonlinearity: expected one of softplus"
        ),
        (
            #""version" : 1"#, #""version" : 1, "weighter_nonlinearity": "gelu", "weighter_normalized": true"#,
            "weighter_normalized: weights by gelu have no positive mean"
        ),
        (#""prompt""#, #""segment_prefix": "doc:", "prompt""#, "text.segment_prefix: the number has no place"),
        (#""arithmetic" : "float32""#, #""arithmetic" : "float8""#, "arithmetic: expected one of float32, bf16"),
        (
            #""version" : 1"#,
            #""version" : 1, "calibration": {"bias": 0, "documents": 1, "answers": 2, "weights": {"mood": 1}}"#,
            "calibration.weights.mood: unknown key"
        ),
        (
            #""version" : 1"#,
            #""version" : 1, "calibration": {"bias": 0, "documents": 1, "answers": 2, "weights": {}}"#,
            "calibration.weights: there is none"
        ),
        (
            #""version" : 1"#,
            #""version" : 1, "calibration": {"bias": 1e9, "documents": 1, "answers": 2, "weights": {"first_margin": 1}}"#,
            "calibration.bias: 1000000000.0 is out of range"
        ),
        (
            #""version" : 1"#, #""version" : 1, "calibration": {"bias": 0, "weights": {"first_margin": 1}}"#,
            "calibration.documents: is missing"
        ),
        (
            #""version" : 1"#, #""version" : 1, "limits": {"document_tokens": 0, "base_loss": 1}"#,
            "limits.document_tokens: 0 is out of range"
        ),
        (
            #""version" : 1"#, #""version" : 1, "limits": {"document_tokens": 9, "base_loss": -1}"#,
            "limits.base_loss: -1.0 is out of range"
        ),
        (#""version" : 1"#, #""version" : 1, "method": "prompt""#, "method: expected one of perk, in-context"),
        ("{question}", "{Question}", "text.prompt: the question has no place"),
        ("{", "[", "not a JSON object"),
    ])
    func wrongSettingsAreNamed(piece: String, other: String, words: String) throws {
        let error = #expect(throws: PERKConfigurationError.self) { try read(replacing: piece, by: other) }
        #expect(error?.file == folder.path("perk.json"))
        #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "")")
    }

    @Test func settingsMayLeaveOutWhatHasADefault() throws {
        let settings = try read(replacing: #""weight_decay" : 0.01"#, by: #""comment" : "none""#)
        #expect(settings.inner == (try TinyModel.make().learned.innerLoop))
    }

    /// Possibilities that are not used leave no trace, so that a model's adapters stay valid.
    @Test func optionsSurviveStorageAndAreLeftOutWhereUnused() throws {
        for key in ["nonlinearity", "normalized", "segment_prefix", "includes_support", "calibration", "limits"] {
            #expect(!settings.contains(key))
        }
        var model = try TinyModel.make()
        model.learned.weighter?.weighting = TokenWeighting(nonlinearity: .sigmoid, isNormalized: true)
        (model.format.segmentPrefix, model.format.includesSupport) = ("doc_{i}:", true)
        try Data(Self.text(model.configuration).utf8).write(to: URL(fileURLWithPath: folder.path("other.json")))
        let read = try PERKConfiguration(path: folder.path("other.json"))
        #expect(read == model.configuration && read.text == model.format)
        #expect(read.weighter.weighting == model.learned.weighter?.weighting)
    }
}
