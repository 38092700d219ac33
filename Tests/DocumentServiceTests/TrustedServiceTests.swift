import AdapterStore
import Foundation
import LanguageModel
import Testing
import TestTimeLearning
import TinyModels

@testable import DocumentService
@testable import PERKModel

/// A calibrated model learns and answers as before, and says how far to trust it.
@Suite struct TrustedServiceTests {
    private static let text = "Zoe lives in Oslo. She is a baker. Omar likes football.\n\nThe sea is near. It is cold."
    private static let question = "Where does Zoe live?"
    private static let calibration = Calibration(
        bias: 0.5, weights: Dictionary(uniqueKeysWithValues: AnswerSignal.allCases.map { ($0, 0.01) }), documents: 3,
        answers: 30)

    private static func trusted(tokens: Int = 1000, baseLoss: Double = 100) throws -> AnsweringModel {
        var model = try TinyModel.make()
        model.calibration = calibration
        model.limits = DocumentLimits(tokens: [tokens], baseLosses: [baseLoss])
        return model
    }

    @Test func calibratedModelFindsTheCachedAdapterAndAnswersTheSame() throws {
        let store = try AdapterStore.inMemory(onDamage: { _ in })
        let plain = try TinyService(store: store)
        let submitted = try plain.submit(Self.text)
        let before = try plain.ask(Self.question, about: submitted.document)
        let calibrated = try TinyService(model: Self.trusted(), store: store)
        #expect(try calibrated.submit(Self.text).cached)
        var after = try calibrated.ask(Self.question, about: submitted.document)
        #expect(before.confidence == nil && before.signals.isEmpty)
        let confidence = try #require(after.confidence)
        #expect(confidence > 0 && confidence < 1 && Self.calibration.confidence(after.signals) == confidence)
        (after.confidence, after.signals, after.seconds) = (nil, [:], before.seconds)
        #expect(after == before)
    }

    @Test func directoryKeepsCalibrationAndLimits() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("model")
        let model = try TinyModel.make()
        try model.write(to: path)
        let plain = try Data(contentsOf: URL(fileURLWithPath: "\(path)/perk.json"))
        let limits = DocumentLimits(tokens: [12], baseLosses: [3.25])
        try AnsweringModel.calibrate(directory: path, Self.calibration, limits)
        var read = try AnsweringModel(path: path)
        #expect(read.calibration == Self.calibration && read.limits == limits)
        #expect(try read.modelDigest() == model.modelDigest())
        try read.write(to: folder.path("copy"))
        #expect(try AnsweringModel(path: folder.path("copy")).calibration == Self.calibration)
        read.forgetMeasurements()
        try read.write(to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(path)/perk.json")) == plain)
    }

    @Test func anotherStartOfLearningHasNoCalibration() throws {
        var model = try Self.trusted()
        model.begin(with: model.learned.adapter)
        #expect(model.calibration == nil && model.limits == nil)
    }

    /// The same warnings come from the cache, for documents learned before there were limits and after.
    @Test func documentsBeyondTheLimitsAreWarnedOf() throws {
        let store = try AdapterStore.inMemory(onDamage: { _ in })
        let told = Recorder<DocumentWarning>()
        func service(_ model: AnsweringModel) throws -> QuestionAnswerer {
            try QuestionAnswerer(
                model: model, name: "tiny", store: store, threads: 1, maximumDocumentTokens: 1000,
                onWarning: told.record)
        }
        func submit(_ text: String, to service: QuestionAnswerer) throws -> SubmittedDocument {
            try service.submit(text: text, name: nil) { _ in }
        }
        let before = try submit(Self.text, to: service(TinyModel.make()))
        #expect(before.warnings.isEmpty)
        let strict = try service(Self.trusted(tokens: before.tokens - 1, baseLoss: 0.125))
        let model = try TinyModel.make()
        let loss = try model.learned.baseLoss(
            of: model.format.segments(of: Self.text, tokenizer: model.tokenizer), threads: 1)
        let expected: [DocumentWarning] = [
            .longerThanTrained(tokens: before.tokens, limit: before.tokens - 1),
            .unlikeTraining(baseLoss: loss, limit: 0.125),
        ]
        let old = try submit(Self.text, to: strict)
        #expect(old.cached && old.warnings == expected && told.all == expected)
        let other = [false, true].map { _ in try? submit("Omar is here.", to: strict) }
        #expect(other.map { $0?.cached } == [false, true])
        #expect(other[0]?.warnings.count == 1 && other[0]?.warnings == other[1]?.warnings)
        #expect(try submit(Self.text, to: service(Self.trusted(tokens: before.tokens))).warnings.isEmpty)
    }

    /// Signals of the pass are the differences of two whole readings of question and answer.
    @Test func gainsAreWhatTheAdapterMakesMoreProbable() throws {
        let service = try TinyService(model: Self.trusted())
        let document = try service.submit(Self.text).document
        let adapter = try service.answerer.adapter(document: document)
        let answer = try service.ask(Self.question, about: document)
        let format = service.model.format, tokenizer = service.model.tokenizer
        let prompt = try format.prompt(for: Self.question, segments: 5, tokenizer: tokenizer)
        let sequence = TokenSequence(tokens: prompt)
        let encoder = DocumentEncoder(model: service.model.learned)
        let adapted = encoder.checks([[sequence]], adapter: adapter)[0][0].loss
        let base = encoder.checks([[sequence]], adapter: nil)[0][0].loss
        #expect(try abs(#require(answer.signals[.questionLoss]) - adapted) < 1e-4)
        #expect(try abs(#require(answer.signals[.questionGain]) - (base - adapted)) < 1e-4)
        let least = try #require(answer.signals[.leastQuestionGain])
        #expect(try least <= #require(answer.signals[.questionGain]))
    }
}
