import LanguageModel
import Testing
import Tokenization

@testable import QuestionAnswering

@Suite struct TextFormatTests {
    private let tokenizer: SentencePieceTokenizer

    init() throws {
        tokenizer = try TinyModel.tokenizer()
    }

    /// A segment's tokens without the beginning and the end, which are checked.
    private func inner(_ segment: TokenSequence) -> [Int] {
        #expect(segment.tokens.first == tokenizer.beginning && segment.tokens.last == tokenizer.end)
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
        let prompt = try TextFormat().prompt(for: "Where does Zoe live?", tokenizer: tokenizer)
        #expect(try prompt == [tokenizer.beginning] + tokenizer.encode("Where does Zoe live? Answer:"))
        let other = try TextFormat(prompt: "Q: {question}\nA:").prompt(for: "Who?", tokenizer: tokenizer)
        #expect(try other == [tokenizer.beginning] + tokenizer.encode("Q: Who?\nA:"))
    }

    @Test(arguments: ["  Where\tdoes\n\nZoe  live? ", "Where does\r\nZoe\u{2028}live?", "\u{A0}Where does Zoe live?"])
    func whiteSpaceInQuestionsDoesNotMatter(question: String) throws {
        #expect(
            try TextFormat().prompt(for: question, tokenizer: tokenizer)
                == TextFormat().prompt(for: "Where does Zoe live?", tokenizer: tokenizer))
    }

    @Test(arguments: ["", " \n"])
    func emptyQuestionsLeaveTheRestOfThePrompt(question: String) throws {
        #expect(
            try TextFormat().prompt(for: question, tokenizer: tokenizer)
                == [tokenizer.beginning] + tokenizer.encode(" Answer:"))
    }

    @Test func placeholderInAQuestionStaysAsItIs() throws {
        let prompt = try TextFormat().prompt(for: "What is {question}?", tokenizer: tokenizer)
        #expect(try prompt == [tokenizer.beginning] + tokenizer.encode("What is {question}? Answer:"))
    }

    @Test func answersAndTheirEndAreTheTargetsOfAQuestion() throws {
        let format = TextFormat()
        let sequence = try format.sequence(question: "Where does Zoe live?", answer: "Oslo", tokenizer: tokenizer)
        let prompt = try format.prompt(for: "Where does Zoe live?", tokenizer: tokenizer)
        #expect(sequence.firstTarget == prompt.count)
        #expect(try sequence.tokens == prompt + tokenizer.encode("Oslo") + [tokenizer.end])
    }
}
