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

    /// The templates of chat models that RULER's prompts are written in, with the beginning of the answer behind them.
    @Test(arguments: [
        ("[INST] ", " [/INST]"), ("<s>[INST] ", " [/INST]"), ("[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n", " [/INST]"),
        (
            "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, "
                + "detailed, and polite answers to the user's questions. USER: ", " ASSISTANT:"
        ),
        ("You are a helpful assistant. USER: ", " ASSISTANT: "),
        (
            "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|USER_TOKEN|>",
            "<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"
        ),
        ("[gMASK]sop<|user|> \n ", "<|assistant|> \n "), ("<|user|>\n", "<|end|>\n<|assistant|>\n"),
        ("User: hi\n\nAssistant: Hi. Ask me anything.\n\nUser: ", "\n\nAssistant:"),
        (
            "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
            "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
        ),
        (
            "<|startoftext|><|bom|><|system|> <|eom|><|bom|><|user|> ",
            "<|eom|><|bom|><|assistant|>"
        ),
        ("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"),
        ("<bos><start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n"),
    ]) func marksOfAChatTemplateAreNoPartOfTheQuestion(opening: String, closing: String) throws {
        let text = "The grass is green. One of the special magic numbers for wet-elk is: 17."
        let question = "What is the special magic number for wet-elk mentioned in the provided text?"
        try expect(
            opening + "Some special magic numbers are hidden within the following text. Make sure to memorize it. "
                + "I will quiz you about the number afterwards.\n\(text)\n\(question)" + closing
                + " The special magic number for wet-elk mentioned in the provided text is",
            context: text, question: question, task: "niah")
        try expect(
            opening + "\(text)\n\nWhere is the elk?" + closing + " It is", context: text,
            question: "Where is the elk?", task: nil)
    }

    /// A text about chats begins with no wrapper.
    @Test func marksWithinATextStay() throws {
        let chat = "He wrote [INST] hello [/INST] and USER: hi ASSISTANT: yes."
        try expect("\(chat)\n\nWho wrote?", context: chat, question: "Who wrote?", task: nil)
        try expect("[INST] is a mark.\n\nOf what?", context: "[INST] is a mark.", question: "Of what?", task: nil)
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
