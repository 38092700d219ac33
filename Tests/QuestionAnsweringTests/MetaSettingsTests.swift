import Foundation
import Testing
import TestTimeLearning

@testable import QuestionAnswering

/// What `perk.json` may hold.
@Suite struct MetaSettingsTests {
    private let folder: TemporaryFolder
    private let settings: String

    init() throws {
        folder = try TemporaryFolder()
        let model = try TinyModel.make()
        try MetaSettings(model.learned, model.format).write(to: folder.path("perk.json"))
        settings = try String(contentsOfFile: folder.path("perk.json"), encoding: .utf8)
    }

    /// Reads the settings with one piece of text replaced.
    private func read(replacing piece: String, by other: String) throws -> MetaSettings {
        try #require(settings.contains(piece), "there is no \(piece) in \(settings)")
        try Data(settings.replacing(piece, with: other).utf8)
            .write(to: folder.url.appendingPathComponent("perk.json"))
        return try MetaSettings(path: folder.path("perk.json"))
    }

    @Test(arguments: [
        (#""version" : 1"#, #""version" : 2"#, "version 2"),
        (#""r" : 2"#, #""r" : -2"#, "adapter.r is -2"),
        (#""r" : 2"#, #""r" : 0"#, "adapter.r is 0"),
        (#""r" : 2"#, #""r" : 2.5"#, "a number that its key cannot have"),
        (#""r" : 2"#, #""r" : 99999999999999999999"#, "a number that its key cannot have"),
        (#""r" : 2"#, #""r" : "2""#, "adapter.r"),
        (#""r" : 2"#, #""r" : null"#, "adapter.r"),
        (#""r" : 2,"#, "", "adapter.r is missing"),
        (#""lora_alpha" : 4"#, #""lora_alpha" : -4"#, "adapter.lora_alpha"),
        (#""q_proj""#, #""query""#, "query"),
        (#""adamw""#, #""adam""#, "inner_loop.optimizer is adam"),
        (#""steps" : 2"#, #""steps" : 0"#, "inner_loop.steps is 0"),
        (#""steps" : 2"#, #""steps" : 1025"#, "inner_loop.steps is 1025"),
        (#""truncated_steps" : 0"#, #""truncated_steps" : -1"#, "inner_loop.truncated_steps is -1"),
        (#""micro_batch_tokens" : 64"#, #""micro_batch_tokens" : 0"#, "inner_loop.micro_batch_tokens is 0"),
        (#""beta1" : 0.9"#, #""beta1" : 1"#, "inner_loop.beta1"),
        (#""beta2" : 0.95"#, #""beta2" : -0.5"#, "inner_loop.beta2"),
        (#""epsilon" : 1e-06"#, #""epsilon" : 0"#, "inner_loop.epsilon"),
        (#""weight_decay" : 0.01"#, #""weight_decay" : -1"#, "inner_loop.weight_decay"),
        (#""weighter_hidden_width" : 8"#, #""weighter_hidden_width" : 0"#, "weighter_hidden_width is 0"),
        (#""sentences_per_segment" : 1"#, #""sentences_per_segment" : 0"#, "text.sentences_per_segment is 0"),
        (#""maximum_segment_tokens" : 32"#, #""maximum_segment_tokens" : 2"#, "text.maximum_segment_tokens is 2"),
        (#""version" : 1"#, #""version" : 1, "weighter_nonlinearity": "relu""#, "weighter_nonlinearity is relu"),
        (
            #""version" : 1"#, #""version" : 1, "weighter_nonlinearity": "gelu", "weighter_normalized": true"#,
            "weighter_normalized is true"
        ),
        (#""prompt""#, #""segment_prefix": "doc:", "prompt""#, "text.segment_prefix"),
        (#""arithmetic" : "float32""#, #""arithmetic" : "float8""#, "arithmetic is float8: known are float32, bf16"),
        (
            #""version" : 1"#,
            #""version" : 1, "calibration": {"bias": 0, "documents": 1, "answers": 2, "weights": {"mood": 1}}"#,
            "calibration.weights names mood: known are mean_log_probability"
        ),
        (
            #""version" : 1"#,
            #""version" : 1, "calibration": {"bias": 0, "documents": 1, "answers": 2, "weights": {}}"#,
            "calibration.weights must be one or more"
        ),
        (
            #""version" : 1"#,
            #""version" : 1, "calibration": {"bias": 1e9, "documents": 1, "answers": 2, "weights": {"first_margin": 1}}"#,
            "calibration.weights must be one or more"
        ),
        (
            #""version" : 1"#, #""version" : 1, "calibration": {"bias": 0, "weights": {}}"#,
            "calibration.documents is missing"
        ),
        (
            #""version" : 1"#, #""version" : 1, "limits": {"document_tokens": 0, "base_loss": 1}"#,
            "limits.document_tokens is 0"
        ),
        (
            #""version" : 1"#, #""version" : 1, "limits": {"document_tokens": 9, "base_loss": -1}"#,
            "limits.base_loss is -1.0"
        ),
        (#""version" : 1"#, #""version" : 1, "method": "prompt""#, "method is prompt: known are perk, in-context"),
        ("{question}", "{Question}", "text.prompt"),
        ("{", "[", "not JSON"),
    ])
    func wrongSettingsAreNamed(piece: String, other: String, words: String) throws {
        let error = #expect(throws: MetaSettingsError.self) { try read(replacing: piece, by: other) }
        #expect(error?.file == folder.path("perk.json"))
        #expect(error?.problem.contains(words) == true, "\(error?.problem ?? "")")
    }

    @Test func settingsMayLeaveOutWhatHasADefault() throws {
        let settings = try read(replacing: #""weight_decay" : 0.01"#, by: #""comment" : "none""#)
        #expect(settings.innerLoop.configuration.optimizer == (try TinyModel.make().learned.innerLoop.optimizer))
    }

    /// Possibilities that are not used leave no trace, so that a model's adapters stay valid.
    @Test func optionsSurviveStorageAndAreLeftOutWhereUnused() throws {
        for key in ["nonlinearity", "normalized", "segment_prefix", "includes_support", "calibration", "limits"] {
            #expect(!settings.contains(key))
        }
        var model = try TinyModel.make()
        model.learned.weighter?.weighting = TokenWeighting(nonlinearity: .sigmoid, isNormalized: true)
        (model.format.segmentPrefix, model.format.includesSupport) = ("doc_{i}:", true)
        let written = MetaSettings(model.learned, model.format)
        try written.write(to: folder.path("other.json"))
        let read = try MetaSettings(path: folder.path("other.json"))
        #expect(read == written && read.text == model.format)
        #expect(read.weighting == model.learned.weighter?.weighting)
    }
}
