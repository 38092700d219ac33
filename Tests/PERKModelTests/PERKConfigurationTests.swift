import Digests
import Foundation
import LanguageModel
import StrictConfiguration
import TestTimeLearning
import Testing
import TinyModels

@testable import PERKModel

/// What `perk.json` holds, and that older files mean what they meant.
@Suite struct PERKConfigurationTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("perk.json") }

    init() throws { folder = try TemporaryFolder() }

    /// Settings that differ from the defaults in everything.
    private static let unusual = {
        var configuration = PERKConfiguration()
        configuration.arithmetic = .bf16
        configuration.adapter.rank = 3
        configuration.adapter.alpha = 0.1 + 0.2
        configuration.adapter.rsLoRA = false
        configuration.adapter.targets = [.query, .contraction]
        configuration.adapter.layers = .list([0, 2])
        configuration.weighter.hiddenWidth = 5
        configuration.weighter.weighting = TokenWeighting(nonlinearity: .sigmoid, isNormalized: true)
        configuration.inner = InnerLoopConfiguration(
            optimizer: .sgd, adamW: .init(beta1: 0.5, beta2: 0.25, epsilon: 1e-5, weightDecay: 0), steps: 7,
            truncatedSteps: 2, microBatchTokens: 9)
        configuration.text = TextFormat(
            sentencesPerSegment: 2, maximumSegmentTokens: 9, segmentPrefix: "doc \"{i}\":\n",
            prompt: "yes: {question} → é", includesSupport: true)
        configuration.calibration = Calibration(
            bias: -0.25, weights: [.firstMargin: 1.5, .answerGain: -2], documents: 3, answers: 40)
        configuration.limits = DocumentLimits(tokens: [70], baseLosses: [3.125])
        configuration.base = BaseReference(file: "base.gguf", digest: Digest(of: Data("base".utf8)))
        return configuration
    }()

    @Test func whatIsWrittenIsRead() throws {
        var inContext = PERKConfiguration()
        (inContext.method, inContext.inner.steps, inContext.inner.microBatchTokens) = (.inContext, 0, 17)
        for configuration in [PERKConfiguration(), .untrained, Self.unusual, inContext] {
            try configuration.write(to: path)
            #expect(try PERKConfiguration(path: path) == configuration)
        }
    }

    /// The keys are those of a training's configuration.
    @Test func theFileHasTheNamesOfTrainings() throws {
        try Self.unusual.write(to: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in [
            #""version" : 2"#, #""rank" : 3"#, #""alpha" : 0.30000000000000004"#, #""rsLoRA" : false"#,
            #""layers" : "0,2""#, #""hiddenWidth" : 5"#, #""nonlinearity" : "sigmoid""#, #""normalized" : true"#,
            #""optimizer" : "sgd""#, #""microBatchTokens" : 9"#, #""epsilon" : 1e-05"#,
            #""sentencesPerSegment" : 2"#, #""includesSupport" : true"#, #""documentTokens" : 70"#,
            #""baseLoss" : 3.125"#, #""file" : "base.gguf""#,
        ] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        try Data(#"{"version": 2, "inner": {"steps": 9}}"#.utf8).write(to: URL(fileURLWithPath: path))
        var expected = PERKConfiguration()
        expected.inner.steps = 9
        #expect(try PERKConfiguration(path: path) == expected)
    }

    @Test(arguments: [
        (#"{}"#, "version is missing"), (#"{"version": 7}"#, "version is 7"), (#"[]"#, "not a JSON object"),
        (#"{"version": 2, "adaptor": {}}"#, "adaptor: unknown key; did you mean adapter?"),
        (#"{"version": 2, "adapter": {"rank": "2"}}"#, "adapter.rank: expected a whole number"),
        (#"{"version": 2, "adapter": {"rank": 0}}"#, "adapter.rank: 0 is out of range"),
        (#"{"version": 2, "adapter": {"alpha": null}}"#, "adapter.alpha: expected a number"),
        (#"{"version": 2, "adapter": {"targets": ["q_proj", "q_proj"]}}"#, "adapter.targets: give each target once"),
        (#"{"version": 2, "adapter": {"layers": "2,1"}}"#, "adapter.layers: expected all, top N"),
        (#"{"version": 2, "inner": []}"#, "inner: expected keys with values"),
        (#"{"version": 2, "inner": {"steps": 0}}"#, "inner.steps: 0 is out of range"),
        (#"{"version": 2, "method": "in-context", "inner": {"steps": 2}}"#, "inner.steps: unknown key"),
        (#"{"version": 2, "text": {"prompt": "Answer:"}}"#, "text.prompt: the question has no place"),
        (#"{"version": 2, "calibration": {"bias": 1}}"#, "calibration.weights: there is none"),
        (#"{"version": 2, "limits": {"documentTokens": 4}}"#, "limits.baseLoss: is missing"),
        (#"{"version": 2, "base": {"file": "../a.gguf"}}"#, "base.file: \"../a.gguf\" is not the name of a file"),
        (#"{"version": 2, "base": {"file": "a.gguf", "digest": "12"}}"#, "base.digest: expected 64 lower-case"),
    ])
    func wrongSettingsAreNamed(text: String, words: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: PERKConfigurationError.self) { try PERKConfiguration(path: path) }
        #expect(
            error?.file == path && error?.problem.hasPrefix(words) == true || error?.problem.contains(words) == true)
    }

    /// A digest is taken of the settings under the keys of version 1, so that stored adapters stay valid.
    @Test func theDefaultModelKeepsItsDigest() throws {
        let directory = TinyModel.fixtures.appending(path: "default-model")
        let file = try Data(contentsOf: directory.appending(path: "perk.json"))
        var members = try JSONDecoder().decode([String: SettingValue].self, from: file)
        (members["calibration"], members["limits"]) = (nil, nil)
        let model = try AnsweringModel(path: directory.path)
        let parts = try model.learnedParts()
        #expect(try parts["settings"] == JSONEncoder.stable.encode(members))
        #expect(Digest(parts: parts).hexadecimal == "2053eabfa6c349f65d55f81070223fe7004001660eee4d30ed90e4c81b67338e")
        // Written anew, in the present version.
        try model.write(to: folder.path("copy"))
        #expect(try AnsweringModel(path: folder.path("copy")).learnedParts() == parts)
    }
}
