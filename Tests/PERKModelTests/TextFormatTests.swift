import Foundation
import LanguageModel
import Testing
import TinyModels
import Tokenization

@testable import PERKModel

@Suite struct TextFormatTests {
    private let tokenizer: SentencePieceTokenizer

    init() throws {
        tokenizer = try TinyModel.tokenizer()
    }

    /// A segment's tokens without the beginning and the end, which are checked.
    private func inner(_ segment: TokenSequence) -> [Int] {
        #expect(segment.tokens.first == tokenizer.bos && segment.tokens.last == tokenizer.eos)
        return Array(segment.tokens.dropFirst().dropLast())
    }

    @Test func eachSentenceIsASegmentWhoseTokensAreAllTargets() throws {
        let segments = try TextFormat().segments(of: "Zoe lives in Oslo. She\n is a  baker.", tokenizer: tokenizer)
        #expect(
            try segments.map(inner) == [tokenizer.encode("Zoe lives in Oslo."), tokenizer.encode("She is a baker.")])
        #expect(segments.allSatisfy { $0.firstTarget == 1 })
    }

    @Test(arguments: [3, 4, 9, 64])
    func longSentencesAreCutAtTheMaximum(maximum: Int) throws {
        let sentence = "Omar works as a baker and he gets up at four o'clock in Oslo."
        let format = TextFormat(maximumSegmentTokens: maximum)
        let segments = try format.segments(of: sentence, tokenizer: tokenizer)
        let tokens = try tokenizer.encode(sentence)
        #expect(segments.flatMap(inner) == tokens)
        #expect(segments.dropLast().allSatisfy { $0.tokens.count == maximum })
        #expect(segments.count == (tokens.count + maximum - 3) / (maximum - 2))
    }

    @Test func severalSentencesShareASegment() throws {
        let format = TextFormat(sentencesPerSegment: 2)
        let segments = try format.segments(of: "One is. Two is. Three is.", tokenizer: tokenizer)
        #expect(
            segments.map(inner) == [try tokenizer.encode("One is. Two is."), try tokenizer.encode("Three is.")])
        #expect(try format.segments(of: " \n", tokenizer: tokenizer).isEmpty)
    }

    @Test func knownSentencesAndTheirTextGiveTheSameSegments() throws {
        let sentences = ["Zoe lives in Oslo.", "Omar is a baker."]
        #expect(
            try TextFormat().segments(ofSentences: sentences, tokenizer: tokenizer)
                == TextFormat().segments(of: sentences.joined(separator: "\n\n"), tokenizer: tokenizer))
    }

    @Test func promptsEndWhereTheAnswerBegins() throws {
        let prompt = try TextFormat().prompt(for: "Where does Zoe live?", segments: 1, tokenizer: tokenizer)
        #expect(try prompt == [tokenizer.bos] + tokenizer.encode("Where does Zoe live? Answer:"))
        let other = try TextFormat(prompt: "Q: {question}\nA:").prompt(for: "Who?", segments: 1, tokenizer: tokenizer)
        #expect(try other == [tokenizer.bos] + tokenizer.encode("Q: Who?\nA:"))
    }

    @Test(arguments: ["  Where\tdoes\n\nZoe  live? ", "Where does\r\nZoe\u{2028}live?", "\u{A0}Where does Zoe live?"])
    func whiteSpaceInQuestionsDoesNotMatter(question: String) throws {
        #expect(
            try TextFormat().prompt(for: question, segments: 1, tokenizer: tokenizer)
                == TextFormat().prompt(for: "Where does Zoe live?", segments: 1, tokenizer: tokenizer))
    }

    @Test(arguments: ["", " \n"])
    func emptyQuestionsLeaveTheRestOfThePrompt(question: String) throws {
        #expect(
            try TextFormat().prompt(for: question, segments: 1, tokenizer: tokenizer)
                == [tokenizer.bos] + tokenizer.encode(" Answer:"))
    }

    @Test func placeholderInAQuestionStaysAsItIs() throws {
        let prompt = try TextFormat().prompt(for: "What is {question}?", segments: 1, tokenizer: tokenizer)
        #expect(try prompt == [tokenizer.bos] + tokenizer.encode("What is {question}? Answer:"))
    }

    @Test func answersAndTheirEndAreTheTargetsOfAQuestion() throws {
        let format = TextFormat()
        let sequence = try format.sequence(
            question: "Where does Zoe live?", answer: "Oslo", segments: 1, tokenizer: tokenizer)
        let prompt = try format.prompt(for: "Where does Zoe live?", segments: 1, tokenizer: tokenizer)
        #expect(sequence.firstTarget == prompt.count)
        #expect(try sequence.tokens == prompt + tokenizer.encode("Oslo") + [tokenizer.eos])
    }
    @Test func prefixesCarryNoLossAndCountTowardsTheLength() throws {
        let format = TextFormat(maximumSegmentTokens: 16, segmentPrefix: "doc {i}:")
        let sentence = "Omar works as a baker and he gets up at four o'clock in Oslo."
        let segments = try format.segments(of: sentence, tokenizer: tokenizer)
        #expect(segments.count > 1 && segments.allSatisfy { $0.tokens.count <= 16 })
        var body: [Int] = []
        for (index, segment) in segments.enumerated() {
            let prefix = try tokenizer.encode("doc \(index + 1):")
            #expect(segment.firstTarget == 1 + prefix.count)
            #expect(Array(inner(segment).prefix(prefix.count)) == prefix)
            body += inner(segment).dropFirst(prefix.count)
        }
        #expect(try body == tokenizer.encode(sentence))
    }

    @Test func prefixesTakeTheNumbersGiven() throws {
        let format = TextFormat(segmentPrefix: "{i}.")
        let sentences = ["Zoe lives in Oslo.", "Omar is a baker."]
        let segments = try format.segments(ofSentences: sentences, tokenizer: tokenizer) { count in
            Array((1...count).reversed())
        }
        #expect(
            try segments.map(inner) == [
                tokenizer.encode("2.") + tokenizer.encode("Zoe lives in Oslo."),
                tokenizer.encode("1.") + tokenizer.encode("Omar is a baker."),
            ])
    }

    @Test func prefixWithoutRoomForTextIsRefused() throws {
        let format = TextFormat(maximumSegmentTokens: 4, segmentPrefix: "document number {i}:")
        let tokens = try tokenizer.encode("document number 9:").count
        #expect(throws: SegmentPrefixTooLong(prefixTokens: tokens, maximumSegmentTokens: 4)) {
            try format.segments(of: "Zoe.", tokenizer: tokenizer)
        }
    }

    @Test func promptSpeaksOfTheNumberOfSegments() throws {
        let format = TextFormat(prompt: "You have read {segments} lines. {question} Answer:")
        let prompt = try format.prompt(for: "Who {segments}?", segments: 12, tokenizer: tokenizer)
        #expect(
            try prompt == [tokenizer.bos]
                + tokenizer.encode("You have read 12 lines. Who {segments}? Answer:"))
    }

    @Test func supportStandsBeforeTheAnswerWhereItIsKnown() throws {
        let format = TextFormat(includesSupport: true)
        func target(_ support: [String]) throws -> [Int] {
            let sequence = try format.sequence(
                question: "Who?", answer: "Zoe", support: support, segments: 1, tokenizer: tokenizer)
            return Array(sequence.tokens.dropFirst(sequence.firstTarget).dropLast())
        }
        #expect(
            try target(["It is Zoe.", "Not Omar."])
                == tokenizer.encode("<support>It is Zoe. Not Omar.</support>\n<output>Zoe</output>"))
        #expect(try target([]) == tokenizer.encode("Zoe"))
    }

    @Test(arguments: [
        ("<support>It is Zoe.</support>\n<output>Zoe</output>", "Zoe", "It is Zoe."),
        ("<support> It is Zoe. <output> Zoe", "Zoe", "It is Zoe. <output> Zoe"),
        ("<output>Zoe</output> and more", "Zoe", nil), (" Zoe\n", "Zoe", nil), ("", "", nil),
        ("<support>It is Zoe.</support>", "<support>It is Zoe.</support>", nil),
    ])
    func answersAreFoundBetweenTheirTags(_ text: String, _ answer: String, _ support: String?) {
        let found = TextFormat(includesSupport: true).answer(in: text)
        #expect(found.answer == answer && found.support == support)
        #expect(TextFormat().answer(in: text).answer == text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
