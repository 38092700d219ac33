import Testing

@testable import BenchmarkData

struct RulerPromptTests {
    private func expect(
        _ prompt: String, context: String, question: String, task: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let parts = try RulerPrompt(prompt)
        #expect(parts.context == context, sourceLocation: sourceLocation)
        #expect(parts.question == question, sourceLocation: sourceLocation)
        #expect(parts.task == task, sourceLocation: sourceLocation)
    }

    @Test func manyNeedles() throws {
        try expect(
            """
            Some special magic uuids are hidden within the following text. Make sure to memorize it. I will quiz you \
            about the uuids afterwards.
            One of the special magic uuids for wet-elk is: 0a.
            What are all the special magic uuids for wet-elk and dry-ant mentioned in the provided text? The special \
            magic uuids for wet-elk and dry-ant mentioned in the provided text are
            """,
            context: "One of the special magic uuids for wet-elk is: 0a.",
            question: "What are all the special magic uuids for wet-elk and dry-ant mentioned in the provided text?",
            task: "niah")
    }

    @Test func workedExamplesAndAnswerPrefixesAreLeftOut() throws {
        func instance(_ value: Int, _ text: String) -> String {
            "Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n\(text)\n"
                + "Question: Find all variables that are assigned the value \(value) in the text above. Answer: "
                + "According to the chain(s) of variable assignment in the text above, 2 variables are assgined the "
                + "value \(value), they are: "
        }
        try expect(
            instance(12, "VAR A = 12") + "A\n" + instance(34, "VAR B = 34\nVAR C = VAR B"),
            context: "VAR B = 34\nVAR C = VAR B",
            question: "Find all variables that are assigned the value 34 in the text above.", task: "vt")
    }

    @Test func commonWords() throws {
        let instruction =
            "Below is a numbered list of words. In these words, some appear more often than others. "
            + "Memorize the ones that appear most often.\n"
        let question = "\nQuestion: What are the 10 most common words in the above list?"
        try expect(
            instruction + "1. owl 2. owl" + question + " Answer: The top 10 words that appear most often in the list "
                + "are: owl\n" + instruction + "1. elk 2. ant 3. elk" + question,
            context: "1. elk 2. ant 3. elk", question: "What are the 10 most common words in the above list?",
            task: "cwe")
    }

    @Test func frequentWords() throws {
        try expect(
            """
            Read the following coded text and track the frequency of each coded word. Find the three most frequently \
            appeared coded words. ... abc ... xyz
            Question: Do not provide any explanation. Please ignore the dots '....'. What are the three most \
            frequently appeared words in the above coded text? Answer: According to the coded text above, the three \
            most frequently appeared words are:
            """,
            context: "... abc ... xyz",
            question: "Do not provide any explanation. Please ignore the dots '....'. What are the three most "
                + "frequently appeared words in the above coded text?",
            task: "fwe")
    }

    @Test func documentsAndQuestion() throws {
        let instruction =
            "Answer the question based on the given documents. Only give me the answer and do not output "
            + "any other words."
        try expect(
            "\(instruction)\n\nThe following are given documents.\n\nDocument 1:\nEk\n\nDocument 2:\nQuestion: none."
                + "\n\n\(instruction)\n\nQuestion: Where is Ek? Answer:",
            context: "Document 1:\nEk\n\nDocument 2:\nQuestion: none.", question: "Where is Ek?", task: "qa")
    }

    @Test func elsewhereTheLastParagraphIsTheQuestionOrElseTheLastLine() throws {
        try expect(
            "One.\n\nTwo.\nThree.\n\nWhat\nis it?\n", context: "One.\n\nTwo.\nThree.", question: "What\nis it?",
            task: nil)
        try expect("One.\nTwo?", context: "One.", question: "Two?", task: nil)
    }

    @Test func onlyQuestionsOverDocumentsAcceptASingleOutput() throws {
        let documents = try QADocument(
            json: #"{"input":"The following are given documents.\n\nEk.\n\nQuestion: Who?","outputs":["a","b"]}"#)
        #expect(documents.questions == [DocumentQuestion(question: "Who?", answers: ["a", "b"])])
    }
}
