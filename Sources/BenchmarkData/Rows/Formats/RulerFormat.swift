extension RowFormat {
    /// RULER: a prompt that holds text and question, and what the answer must contain: all references, for question
    /// answering one.
    public static let ruler = RowFormat(
        "ruler", members: [["input"], ["outputs"]],
        metric: { $0?.prefix(while: { $0 != "_" }) == "qa" ? .stringMatchPart : .stringMatchAll }
    ) { (row) throws(RowFault) in try QADocument(ruler: row) }
}

extension QADocument {
    /// `{"index", "input", "outputs": [text…], "length"}`, the question within the input.
    ///
    /// Outputs are all wanted in the answer, except for the questions of RULER's `qa` tasks, where each is accepted.
    init(ruler row: RowObject) throws(RowFault) {
        let prompt = try RulerPrompt(try row.text("input"))
        self.init(
            context: .text(prompt.context),
            questions: [
                DocumentQuestion(
                    question: prompt.question, answers: try row.texts("outputs"),
                    needsEveryAnswer: prompt.task != "qa")
            ],
            fields: DocumentFields(
                task: prompt.task, length: row.optionalInteger("length"), identifier: try row.optionalText("index")))
    }
}

/// A prompt of RULER (Hsieh et al. 2024), taken apart into the text and the question about it.
///
/// The templates that RULER was published with put an instruction before the text, worked examples before that, and
/// the beginning of the answer after the question:
///
/// | task | the text comes after | the question begins with |
/// |---|---|---|
/// | niah | I will quiz you about the … afterwards. | What is the special magic, What are all the special magic |
/// | vt | … hidden in the following text. | Question: |
/// | cwe | … Memorize the ones that appear most often. | Question: |
/// | fwe | … most frequently appeared coded words. | Question: |
/// | qa | The following are given documents. | Question: |
///
/// Only text and question are kept; where the prompt was written for a chat model, its marks are left out first
/// (`ChatWrapper`). Of a prompt after another template the last paragraph is the question, or its last
/// line where it is a single paragraph; what stands before it is the text.
struct RulerPrompt: Equatable {
    let context: String
    let question: String
    /// The task whose template it is: "niah", "vt", "cwe", "fwe", "qa".
    let task: String?

    /// - Throws: `RowFault` where there is no text or no question.
    init(_ prompt: String) throws(RowFault) {
        let bytes = ChatWrapper.contents(of: ArraySlice(prompt.utf8).trimmed).trimmed
        let parts = Self.templates.lazy.compactMap { $0.parts(of: bytes) }.first ?? Self.lastParagraph(of: bytes)
        context = String(decoding: parts.context.trimmed, as: UTF8.self)
        question = String(decoding: parts.question.trimmed, as: UTF8.self)
        task = parts.task
        guard !context.isEmpty, !question.isEmpty else {
            throw RowFault("\"input\" ends with no question: put one on its last line, below the text")
        }
    }

    private typealias Bytes = ArraySlice<UInt8>
    private typealias Parts = (context: Bytes, question: Bytes, task: String?)

    private static func lastParagraph(of prompt: Bytes) -> Parts {
        guard let gap = prompt.lastOccurrence(of: "\n\n") ?? prompt.lastOccurrence(of: "\n") else {
            return ([], prompt, nil)
        }
        return (prompt[..<gap.lowerBound], prompt[gap.upperBound...], nil)
    }

    private struct Template {
        let task: String
        /// What ends the instruction.
        let openings: [String]
        /// What ends the text, where something stands between text and question.
        var closing: String?
        let questions: [String]
        /// Where the beginning of the answer starts that stands behind the question.
        let answer: String

        func parts(of prompt: Bytes) -> Parts? {
            guard let marker = questions.lazy.compactMap({ prompt.lastOccurrence(of: $0) }).first,
                let opening = openings.lazy.compactMap({ prompt[..<marker.lowerBound].lastOccurrence(of: $0) }).first
            else { return nil }
            var context = prompt[opening.upperBound..<marker.lowerBound]
            if let closing = closing.flatMap({ context.lastOccurrence(of: $0) }) {
                context = context[..<closing.lowerBound]
            }
            let rest = prompt[marker.upperBound...]
            let end = rest.lastOccurrence(of: answer)?.lowerBound ?? rest.endIndex
            // What "Question:" announces begins after it; a marker that is part of the question is kept.
            let start = task == "niah" ? marker.lowerBound : marker.upperBound
            return (context, prompt[start..<end], task)
        }
    }

    private static let templates = [
        Template(
            task: "niah",
            openings: ["number", "word", "uuid"].flatMap { [$0, $0 + "s"] }.map {
                "I will quiz you about the \($0) afterwards."
            },
            questions: ["\nWhat is the special magic ", "\nWhat are all the special magic "],
            answer: " The special magic "),
        Template(
            task: "vt", openings: ["chain(s) of variable assignment hidden in the following text."],
            questions: ["\nQuestion: "], answer: " Answer:"),
        Template(
            task: "cwe", openings: ["Memorize the ones that appear most often."], questions: ["\nQuestion: "],
            answer: " Answer:"),
        Template(
            task: "fwe", openings: ["Find the three most frequently appeared coded words."],
            questions: ["\nQuestion: "], answer: " Answer:"),
        Template(
            task: "qa", openings: ["The following are given documents."],
            closing: "Answer the question based on the given documents.", questions: ["\nQuestion: "],
            answer: " Answer:"),
    ]
}

extension ArraySlice<UInt8> {
    /// Where `text` stands last.
    func lastOccurrence(of text: String) -> Range<Int>? {
        let pattern = Array(text.utf8)
        guard let first = pattern.first, pattern.count <= count else { return nil }
        var start = endIndex - pattern.count
        while start >= startIndex {
            if self[start] == first, self[start..<start + pattern.count].elementsEqual(pattern) {
                return start..<start + pattern.count
            }
            start -= 1
        }
        return nil
    }
}
