import Foundation
import LanguageModel
import Testing
import TinyModels
import Tokenization

@testable import PERKModel

/// Documents that stand before their questions, and models that were trained to find them there.
@Suite struct DocumentInPromptTests {
    private let tokenizer: SentencePieceTokenizer
    private let format = TextFormat()

    init() throws {
        tokenizer = try TinyModel.tokenizer()
    }

    @Test func documentsStandAsTextOrSegmentBySegment() throws {
        let texts = ["Zoe lives in Oslo. Omar is a baker.", "Ivy sings."]
        #expect(
            try format.promptTokens(of: texts, endingSegments: false, tokenizer: tokenizer)
                == tokenizer.encode("Zoe lives in Oslo. Omar is a baker.\nIvy sings.\n"))
        let sentences = ["Zoe lives in Oslo.", "Omar is a baker.", "Ivy sings."]
        #expect(
            try format.promptTokens(of: texts, endingSegments: true, tokenizer: tokenizer)
                == sentences.flatMap { try tokenizer.encode($0) + [tokenizer.eos] })
    }

    /// The answer and its end are the targets, and a document that does not fit loses its middle.
    @Test(arguments: [(100, 6), (-1, 5), (-4, 2), (-6, 0), (-9, 0)])
    func questionsFollowTheDocument(_ spare: Int, _ kept: Int) throws {
        let document = [41, 42, 43, 44, 45, 46]
        let prompt = try tokenizer.encode("Who sings? Answer:")
        let answer = try tokenizer.encode(continuation: "Ivy") + [tokenizer.eos]
        let limit = 1 + document.count + prompt.count + answer.count + spare
        let (sequence, isCut) = try format.sequence(
            question: "Who sings?", answer: "Ivy", after: document, limit: limit, tokenizer: tokenizer)
        let context = document.prefix(kept / 2) + document.suffix(kept - kept / 2)
        #expect(sequence.tokens == [tokenizer.bos] + context + prompt + answer)
        #expect(sequence.firstTarget == 1 + kept + prompt.count && isCut == (kept < document.count))
    }
}
