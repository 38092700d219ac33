import Foundation
import SeededRandom
import Testing

@testable import BenchmarkData

/// Gaps in a text's own sentences.
@Suite struct ClozeQuestionsTests {
    private func draw(_ text: String, _ count: Int = 50, seed: UInt64 = 1) -> [DocumentQuestion] {
        var random = RandomSource(seed: seed)
        return ClozeQuestions(text: text).draw(count, using: &random)
    }

    /// All that can stand in the gap, by a regular expression for each of the text's sentences.
    static func solutions(of question: String, in text: String) throws -> Set<String> {
        var pattern = try #require(question.wholeMatch(of: /Fill in the gap: (.*)/)).1
        let (isCutBefore, isCutAfter) = (pattern.hasPrefix("… "), pattern.hasSuffix(" …"))
        if isCutBefore { pattern = pattern.dropFirst(2) }
        if isCutAfter { pattern = pattern.dropLast(2) }
        let sides = pattern.components(separatedBy: "____").map(NSRegularExpression.escapedPattern(for:))
        try #require(sides.count == 2)
        let regex = try NSRegularExpression(
            pattern: (isCutBefore ? "(?:^|\\s)" : "^") + sides[0] + "(\\S+(?: \\S+){0,3}?)" + sides[1]
                + (isCutAfter ? "(?:\\s|$)" : "$"))
        return Set(
            try Sentences.of(text).flatMap { sentence in
                try regex.matches(in: sentence, range: NSRange(sentence.startIndex..., in: sentence)).map {
                    String(sentence[try #require(Range($0.range(at: 1), in: sentence))])
                }
            })
    }

    @Test func namesNumbersAndWordsOfContentAreLeftOut() {
        let questions = draw("Anna Berg moved to Dublin in 1987, but her brother stayed.")
        #expect(questions.count > 5)
        let answers = Set(questions.flatMap(\.answers))
        #expect(answers.isSuperset(of: ["Anna Berg", "Dublin", "1987", "brother"]))
        #expect(answers.isDisjoint(with: ["to", "in", "her", "but her brother", "1987, but her brother"]))
        #expect(
            questions.contains {
                $0.question == "Fill in the gap: Anna Berg moved to Dublin in ____, but her brother stayed."
                    && $0.answers == ["1987"]
            })
    }

    @Test func aGapHasOneAnswerInTheDocument() {
        let questions = draw(
            "Zoe keeps a red parrot at home. Omar keeps a red parrot at home. Zoe keeps a blue fish too.")
        #expect(!questions.isEmpty)
        // Two people keep the parrot.
        #expect(!questions.contains { $0.question == "Fill in the gap: ____ keeps a red parrot at home." })
        #expect(questions.contains { $0.answers == ["blue"] || $0.answers == ["blue fish"] })
        // What stands beside the gap must not say what is missing.
        #expect(draw("Paris is Paris.").isEmpty && draw("Yes. No. Go on!").isEmpty)
    }

    @Test func sentencesTakeTurnsAndTheSeedDecides() {
        let text = (1...6).map { "Person \($0)0\($0) walked \($0)1 long miles to town \($0)7." }.joined(separator: " ")
        let questions = draw(text, 6)
        #expect(Set(questions.map { $0.question.filter(\.isNumber).first }).count == 6 || questions.count == 6)
        #expect(draw(text, 6) == questions && draw(text, 6, seed: 2) != questions)
        #expect(draw(text, 2).count == 2)
    }

    @Test func longSentencesAreShownInPart() throws {
        let words = (1...60).map { "word\($0)" }.joined(separator: " ")
        for question in draw("\(words).", 10) {
            let text = question.question.dropFirst(ClozeQuestions.introduction.count)
            #expect(text.split(separator: " ").count <= 2 * ClozeQuestions.reach + 3)
            #expect(try Self.solutions(of: question.question, in: words + ".") == Set(question.answers))
        }
    }

    @Test func rowsGetFurtherQuestions() throws {
        let row = QADocument(
            context: .text("Anna Berg moved to Dublin in 1987."),
            questions: [DocumentQuestion(question: "Who?", answers: ["Anna"])])
        let more = try row.addingClozes(2, seed: 3)
        #expect(more.questions.count == 3 && more.questions[0] == row.questions[0] && more.context == row.context)
        #expect(try row.addingClozes(0, seed: 3) == row)
        #expect(throws: NoClozes.self) {
            _ = try QADocument(context: .text("Yes."), questions: []).addingClozes(2, seed: 1)
        }
    }
}
