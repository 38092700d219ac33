import Foundation
import Tensors
import Testing
import TestTimeLearning
import TinyModels

@testable import PERKModel

/// With which arithmetic documents are learned, and what that changes.
@Suite struct ArithmeticTests {
    @Test func aModelIsUsedAsItWasTrained() throws {
        let folder = try TemporaryFolder()
        var model = try TinyModel.make()
        for arithmetic in Arithmetic.allCases where arithmetic == arithmetic.inForce {
            model.learned.arithmetic = arithmetic
            try model.write(to: folder.url.path)
            var read = try AnsweringModel(path: folder.url.path)
            #expect(read.learned.arithmetic == arithmetic)
            #expect(read.use(nil) == nil)
            #expect(read.learned.arithmetic == arithmetic)
        }
    }

    @Test func aSettingsFileWithoutItMeansFloats() throws {
        let folder = try TemporaryFolder()
        try TinyModel.make().write(to: folder.url.path)
        let path = folder.path("perk.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let line = #""arithmetic" : "float32","#
        try #require(text.contains(line))
        try Data(text.replacing(line, with: "").utf8).write(to: URL(fileURLWithPath: path))
        #expect(try AnsweringModel(path: folder.url.path).learned.arithmetic == .float32)
    }

    @Test func anotherArithmeticThanTheTrainedOneIsTold() throws {
        var model = try TinyModel.make()
        let told = model.use(.bf16)
        let note = try #require(told)
        if Arithmetic.bf16.inForce == .bf16 {
            #expect(note.contains("learned in bf16") && note.contains("trained in float32"))
            #expect(model.learned.arithmetic == .bf16)
        } else {
            #expect(note.contains("no instructions for bf16"))
            #expect(model.learned.arithmetic == .float32)
        }
        let toldAgain = model.use(.float32)
        #expect(toldAgain == nil || Arithmetic.bf16.inForce == .bf16)
    }

    @Test func adaptersBelongToTheArithmeticInForce() throws {
        var model = try TinyModel.make()
        let digest = try model.modelDigest()
        model.learned.arithmetic = .bf16
        // On a processor without bfloat16 the numbers are those of floats rounded beforehand: others, too.
        #expect(try model.modelDigest() != digest)
        model.learned.arithmetic = .float32
        #expect(try model.modelDigest() == digest)
    }
}

/// The losses of one document under the embedded model, which change with the last bit of any kernel of learning.
@Suite struct RecordedLossesTests {
    private struct Recording: Decodable {
        /// By "arithmetic path".
        let losses: [String: [Double]]
    }

    @Test(arguments: Arithmetic.allCases)
    func lossesAreAsRecorded(_ arithmetic: Arithmetic) throws {
        let fixtures = TinyModel.fixtures
        let recording = try JSONDecoder().decode(
            Recording.self, from: Data(contentsOf: fixtures.appending(path: "default-model/losses.json")))
        var model = try AnsweringModel(path: fixtures.appending(path: "default-model").path)
        model.learned.arithmetic = arithmetic
        let text = try String(contentsOf: fixtures.appending(path: "demo/neighbours.txt"), encoding: .utf8)
        let segments = try model.format.segments(of: text, tokenizer: model.tokenizer)
        let losses = try DocumentEncoder(model: model.learned, threads: 2).encode([segments]).losses.map { $0[0] }
        let path = "\(arithmetic.rawValue) \(arithmetic.kernelPath)"
        if let recorded = recording.losses[path] {
            print("losses by \(path): to the bit")
            #expect(losses == recorded)
        } else {
            print("losses by \(path): \(losses); no recording, so within 1e-4 of the others of \(arithmetic.rawValue)")
            let others = recording.losses.filter { $0.key.hasPrefix("\(arithmetic.rawValue) ") }.values
            #expect(!others.isEmpty)
            for other in others {
                for (found, expected) in zip(losses, other) { #expect(abs(found / expected - 1) < 1e-4) }
            }
        }
    }
}
