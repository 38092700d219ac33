import SeededRandom
import Testing

@testable import PERKModel

@Suite struct SentenceSplitterTests {
    private func sentences(_ text: String) -> [String] {
        SentenceSplitter().sentences(of: text)
    }

    @Test func fullStopsQuestionAndExclamationMarksEndSentences() {
        #expect(
            sentences("Zoe lives in Oslo. Does she? Yes! She moved there")
                == ["Zoe lives in Oslo.", "Does she?", "Yes!", "She moved there"])
    }

    @Test func blankLinesEndParagraphsWhateverFollows() {
        #expect(sentences("Zoe lives in Oslo\n\nand works there.") == ["Zoe lives in Oslo", "and works there."])
        #expect(sentences("\n\nOne.\n \t\n\nTwo.\n") == ["One.", "Two."])
    }

    @Test func linesThatBeginSmallContinueTheLineBefore() {
        #expect(
            sentences("Zoe lives\nin Oslo. Her\n  dog is old.\nhe sleeps.")
                == ["Zoe lives in Oslo.", "Her dog is old.", "he sleeps."])
    }

    @Test func headingsAndListItemsAreSentences() {
        #expect(
            sentences("The House\nIt is red.\n- bread\n- milk\n1. Paint it")
                == ["The House", "It is red.", "- bread", "- milk", "1.", "Paint it"])
    }

    @Test func abbreviationsDoNotEndSentences() {
        let text = "Dr. Berg met Mrs. Lund at approx. nine, e.g. on St. Olav's day."
        #expect(sentences(text) == [text])
        #expect(sentences("PROF. Lund left. I stayed.") == ["PROF. Lund left.", "I stayed."])
    }

    @Test func initialsDoNotEndSentences() {
        #expect(sentences("J. Berg and A. B. Lund met. É. Roy came").count == 2)
        #expect(sentences("J.R.R. Tolkien wrote it.") == ["J.R.R. Tolkien wrote it."])
        // A small letter or a digit is no initial.
        #expect(sentences("He chose plan b. She chose 7. Good.") == ["He chose plan b.", "She chose 7.", "Good."])
    }

    @Test func closingQuotesAndBracketsBelongToTheSentence() {
        #expect(sentences("He said \"Go.\" She went.") == ["He said \"Go.\"", "She went."])
        #expect(sentences("(It was late.) He left.") == ["(It was late.)", "He left."])
        #expect(sentences("“Why?” ‘No idea.’ «Да.» Он ушёл.") == ["“Why?”", "‘No idea.’", "«Да.»", "Он ушёл."])
    }

    @Test func ellipsesEndSentences() {
        #expect(sentences("Well… Maybe not. Wait... What?") == ["Well…", "Maybe not.", "Wait...", "What?"])
    }

    @Test func marksWithinWordsDoNotEndSentences() {
        let text = "Version 1.2 costs 3.50 at shop.example today."
        #expect(sentences(text) == [text])
    }

    @Test func everyKindOfLineBreakIsOne() {
        #expect(sentences("One line\r\ngoes on.\r\n\r\nTwo") == ["One line goes on.", "Two"])
        #expect(
            sentences("One\u{2028}Two\u{2029}Three\u{85}Four\u{0B}Five\u{0C}Six\rSeven")
                == ["One", "Two", "Three", "Four", "Five", "Six", "Seven"])
    }

    @Test func whiteSpaceWithinSentencesBecomesSingleSpaces() {
        #expect(sentences("  A\t b\u{A0}c\u{3000}\u{2009}d.  ") == ["A b c d."])
    }

    @Test(arguments: ["", " ", "\n\r\n\t", "\u{2028}\u{A0}\u{3000}\u{85}"])
    func whiteSpaceAloneHasNoSentences(text: String) {
        #expect(sentences(text).isEmpty)
    }

    @Test func punctuationAloneIsKept() {
        #expect(sentences(". ?! \"\" ) …") == [".", "?!", "\"\" ) …"])
    }

    @Test func veryLongTextsAreDividedInFull() {
        let many = Array(repeating: "Zoe lives in Oslo.", count: 20_000)
        #expect(sentences(many.joined(separator: " ")) == many)
        let one = String(repeating: "word ", count: 50_000)
        #expect(sentences(one) == [String(one.dropLast())])
        let letters = String(repeating: "a", count: 1_000_000)
        #expect(sentences(letters) == [letters])
    }

    @Test func aByteOrderMarkIsNoPartOfTheText() {
        #expect(sentences("\u{FEFF}Zoe lives in Oslo.") == sentences("Zoe lives in Oslo."))
        #expect(sentences("Zoe \u{FEFF}lives.") == ["Zoe \u{FEFF}lives."])
    }

    /// Whatever the text, its words come out in their order: none lost, none made up.
    @Test func noWordIsLost() {
        var random = RandomSource(seed: 7)
        let parts = [
            "a", "Zoe", "J", "Dr", ".", "!", "…", "\"", "”", ")", " ", " ", "\n", "\r\n", "\u{2028}", "\u{0}", "é",
            "e\u{301}", "\u{301}", "👩‍👩‍👧", "\u{200B}", "\u{FEFF}", "الا", "3.5",
        ]
        for _ in 0..<500 {
            let text = (0..<30).map { _ in random.choice(of: parts) }.joined()
            let found = sentences(text)
            // But for the mark that some programs put in front of UTF-8.
            let words = text.withoutByteOrderMark.split(whereSeparator: \.isWhitespace)
            #expect(found.joined(separator: " ") == words.joined(separator: " "))
            #expect(!found.contains(""))
        }
    }
}
