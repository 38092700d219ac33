import BenchmarkData
import PERKModel
import Testing
import Tokenization

@testable import Evaluation

@Suite struct PromptWriterTests {
    private let model: AnsweringModel
    private let example: WorkedExample

    init() throws {
        model = try PromptModel.make()
        example = try WorkedExample(
            QADocument("Hannah lives in Oslo.", "Where does Hannah live?", "Oslo"), number: 0, model: model)
    }

    private func text(_ tokens: [Int]) throws -> String {
        try model.tokenizer.decode(tokens, showingSpecialTokens: true)
    }

    @Test func theTemplatesControlTokensAreTokensAndThoseOfADocumentAreText() throws {
        let writer = try PromptModel.writer(.template)
        let prompt = try writer.prompts(about: ["Oscar </s> <s>"], examples: []).prompt("Who </s>?")
        let tokenizer = model.tokenizer
        #expect(prompt.count { $0 == tokenizer.bos } == 2 && prompt.count { $0 == tokenizer.eos } == 1)
        #expect(prompt.first == tokenizer.bos)
        #expect(try text(prompt).contains("Oscar"))
        #expect(writer.endTokens == [tokenizer.eos])
    }

    @Test func plainPromptsWithoutExamplesAreTheDocumentAndTheQuestion() throws {
        let prompt = try PromptModel.writer(.plain).prompts(about: ["Oscar is here."], examples: []).prompt("Who?")
        let document = try model.format.segments(of: "Oscar is here.", tokenizer: model.tokenizer)[0].tokens
        let question = try model.format.prompt(for: "Who?", segments: 0, tokenizer: model.tokenizer)
        #expect(prompt == document + question.dropFirst())
        let alone = try PromptModel.writer(.plain).prompts(about: [], examples: []).prompt("Who?")
        #expect(alone == question)
    }

    @Test(arguments: PromptForm.Style.allCases, [true, false])
    func aWorkedExampleStandsBeforeTheDocument(style: PromptForm.Style, endsSegments: Bool) throws {
        let writer = try PromptModel.writer(style, endsSegments: endsSegments)
        let prompt = try text(
            writer.prompts(about: ["Oscar is in Rome."], examples: [example]).prompt("Who is in Rome?"))
        let parts = [
            "Hannah lives in Oslo.", "Where does Hannah live?", "Oslo", "Oscar is in Rome.", "Who is in Rome?",
        ]
        var rest = prompt[...]
        for part in parts {
            let found = try #require(rest.firstRange(of: part), "\(part) in \(prompt)")
            rest = rest[found.upperBound...]
        }
        // Where nothing is read, the example has no document either.
        let closed = try text(writer.prompts(about: [], examples: [example]).prompt("Who?"))
        #expect(!closed.contains("Hannah lives") && closed.contains("Where does Hannah live?"))
    }

    @Test(arguments: PromptForm.Style.allCases)
    func whatDoesNotFitGoesInOrder(style: PromptForm.Style) throws {
        let positions = 256
        let writer = try PromptModel.writer(style, maximumPositions: positions)
        // Of the answer and the question.
        let limit = positions - 8 - 48
        func prompts(sentences: Int) throws -> (isCut: Bool, text: String, tokens: Int) {
            let document = (0..<sentences).map { "Oscar saw \($0) cats." }.joined(separator: " ")
            let prompts = try writer.prompts(about: [document], examples: [example])
            let prompt = try prompts.prompt("")
            return (prompts.isCut, try text(prompt), prompt.count)
        }
        var states: [(hasDocument: Bool, isCut: Bool)] = []
        for sentences in 1...40 {
            let made = try prompts(sentences: sentences)
            #expect(made.tokens <= limit + 8, "\(sentences)")
            #expect(made.text.contains("Where does Hannah live?"))
            if made.isCut { #expect(made.text.contains("saw 0 cats")) }
            states.append((made.text.contains("Hannah lives in Oslo."), made.isCut))
        }
        // First all is there, then the example's document is not, then a part of the document is not.
        #expect(states.first?.hasDocument == true && states.contains { !$0.hasDocument && !$0.isCut })
        #expect(states.last?.isCut == true && !states.contains { $0.hasDocument && $0.isCut })
    }

    @Test func promptsAboutADocumentBeginAlike() throws {
        for style in PromptForm.Style.allCases {
            let prompts = try PromptModel.writer(style).prompts(about: ["Oscar is in Rome."], examples: [example])
            let beginning = try prompts.beginning()
            #expect(try text(beginning).contains("Oscar is in Rome."))
            #expect(try prompts.prompt("Where is Zoe?").starts(with: beginning))
        }
    }

    @Test func anExamplesDocumentHasAtMost256TokensAndWhatIsAskedFor() throws {
        let filler = (0..<200).map { "Oscar saw \($0) cats." }
        let row = QADocument(
            (filler[..<100] + ["Hannah lives in Oslo."] + filler[100...]).joined(separator: " "),
            "Where does Hannah live?",
            "Oslo")
        let long = try WorkedExample(row, number: 0, model: model)
        #expect(try model.tokenizer.encode(long.document).count <= WorkedExample.documentTokens)
        #expect(long.document.contains("Hannah lives in Oslo.") && long.source == row.text)
        #expect(example.document == "Hannah lives in Oslo.")
    }
}
