import ChatTemplates
import PERKModel
import Tokenization

/// The prompts of the questions about one document.
struct DocumentPrompts {
    /// Whether a part of the document had to be left out.
    let isCut: Bool
    /// The tokens of a question's prompt.
    let prompt: (_ question: String) throws -> [Int]

    /// The tokens that all of them begin with, as two questions show that share nothing.
    func beginning() throws -> [Int] {
        try zip(prompt("Who?"), prompt("7")).prefix { $0 == $1 }.map(\.0)
    }
}

/// Writes prompts for the base model in one form.
struct PromptWriter {
    let form: PromptForm
    /// The tokens that end an answer.
    let endTokens: Set<Int>
    private let model: AnsweringModel
    private let options: EvaluationOptions
    private let template: ChatTemplate?

    /// What a user is asked to do with a question, which stands behind the document.
    private static let instruction = "Answer the question in a few words.\nQuestion: "
    /// Models that think aloud are to answer at once.
    private static let templateOptions = ["enable_thinking": false]

    /// - Parameter template: the model's; not `nil` where the form wants one.
    /// - Throws: `ChatTemplateError`, `TokenizationError`.
    init(form: PromptForm, template: ChatTemplate?, model: AnsweringModel, options: EvaluationOptions) throws {
        (self.form, self.model, self.options) = (form, model, options)
        self.template = form.style == .template ? template : nil
        endTokens =
            try self.template.map { template in
                try model.endTokens.union(Self.endOfTurn(template, model.tokenizer).map { [$0] } ?? [])
            } ?? model.endTokens
    }

    /// The special token that the template writes behind an assistant's turn.
    private static func endOfTurn(_ template: ChatTemplate, _ tokenizer: any Tokenizer) throws -> Int? {
        let chat = try template.rendered(
            [ChatMessage(.user, "a"), ChatMessage(.assistant, "b")], addsGenerationPrompt: false,
            options: templateOptions)
        guard let range = chat.templateRanges.last, range.upperBound == chat.text.utf8.count else { return nil }
        let ending = String(decoding: Array(chat.text.utf8)[range], as: UTF8.self)
        let first = try tokenizer.encode(ending, parsingSpecialTokens: true).first
        return try first == tokenizer.encode(ending).first ? nil : first
    }

    /// The prompts about parts of a document, none for a question alone.
    ///
    /// What does not fit the model's context is left out: first the documents of the examples, then the middle of the
    /// document.
    ///
    /// - Throws: `ChatTemplateError`, `TokenizationError`, `SegmentPrefixTooLong`.
    func prompts(about parts: [String], examples: [WorkedExample]) throws -> DocumentPrompts {
        try template.map { try prompts(about: parts, examples, $0) } ?? plainPrompts(about: parts, examples)
    }

    /// The tokens that a prompt has but for the answer and the question.
    private var room: Int { options.documentRoom(of: model.learned.configuration.maximumPositions) }

    // MARK: - Plain

    private func plainPrompts(about parts: [String], _ examples: [WorkedExample]) throws -> DocumentPrompts {
        let document = try tokens(of: parts)
        let written = try PromptParts(examples: examples, hasDocument: !parts.isEmpty) { example, document in
            try exampleTokens(example, document)
        }
        let (before, space) = written.fitting(document.count, in: room)
        let context = before.flatMap(\.self) + document.truncatedInMiddle(toFit: space)
        return DocumentPrompts(isCut: space < document.count) { question in
            let prompt = try model.format.prompt(for: question, segments: 0, tokenizer: model.tokenizer)
            return context.isEmpty ? prompt : [model.tokenizer.bos] + context + prompt.dropFirst()
        }
    }

    private func tokens(of parts: [String]) throws -> [Int] {
        parts.isEmpty
            ? []
            : try model.format.promptTokens(
                of: parts, endingSegments: options.endsSegmentsInPrompt, tokenizer: model.tokenizer)
    }

    private func exampleTokens(_ example: WorkedExample, _ document: String?) throws -> [Int] {
        let sequence = try model.format.sequence(
            question: example.question, answer: example.answer, segments: 0, tokenizer: model.tokenizer)
        let asked = sequence.tokens.dropFirst().dropLast()
        let end = options.endsSegmentsInPrompt ? [model.tokenizer.eos] : try model.tokenizer.encode("\n\n")
        return try tokens(of: document.map { [$0] } ?? []) + asked + end
    }

    // MARK: - With a chat template

    private func prompts(
        about parts: [String], _ examples: [WorkedExample], _ template: ChatTemplate
    ) throws -> DocumentPrompts {
        let document = parts.joined(separator: "\n")
        let count = try model.tokenizer.encode(document).count
        let written = try PromptParts(examples: examples, hasDocument: !parts.isEmpty) { example, document in
            [
                Self.asked(example.question, about: document ?? ""), ChatMessage(.assistant, example.answer),
            ]
        } size: {
            try tokens(of: $0, template).count
        }
        let frame = try tokens(of: [Self.asked("", about: "")], template).count
        var (before, space) = written.fitting(count, in: room - frame)
        var kept = try cut(document, to: space)
        // Texts that were counted apart may take some tokens more together.
        for _ in 0..<4 where space > 0 {
            let excess = try tokens(of: before.flatMap(\.self) + [Self.asked("", about: kept)], template).count - room
            guard excess > 0 else { break }
            space = max(0, min(space, count) - excess)
            kept = try cut(document, to: space)
        }
        return DocumentPrompts(isCut: space < count) { question in
            try tokens(of: before.flatMap(\.self) + [Self.asked(question, about: kept)], template)
        }
    }

    private static func asked(_ question: String, about document: String) -> ChatMessage {
        let question = question.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return ChatMessage(.user, (document.isEmpty ? "" : document + "\n\n") + instruction + question)
    }

    private func tokens(of messages: [ChatMessage], _ template: ChatTemplate) throws -> [Int] {
        let chat = try template.rendered(messages, addsGenerationPrompt: true, options: Self.templateOptions)
        return try model.tokenizer.encode(chat.text, specialTokens: .within(chat.templateRanges))
    }

    /// The text without so much of its middle that it has at most `count` tokens.
    private func cut(_ text: String, to count: Int) throws -> String {
        let tokens = try model.tokenizer.encode(text)
        guard tokens.count > count else { return text }
        let halves = [Array(tokens.prefix(count / 2)), Array(tokens.suffix(count - count / 2))]
        // A character may have been cut, too.
        return try halves.map { try model.tokenizer.decode($0).replacing("\u{FFFD}", with: "") }.joined()
    }
}

/// Worked examples as parts of a prompt, with and without their documents.
struct PromptParts<Part> {
    private let whole, short: [[Part]]
    private let wholeSize, shortSize: Int

    /// - Parameters:
    ///   - hasDocument: whether what is asked has a document; the examples then have theirs.
    ///   - part: writes an example, with its document or without one.
    ///   - size: the tokens of some parts.
    init(
        examples: [WorkedExample], hasDocument: Bool, part: (WorkedExample, String?) throws -> [Part],
        size: ([Part]) throws -> Int
    ) rethrows {
        short = try examples.map { try part($0, nil) }
        whole = hasDocument ? try examples.map { try part($0, $0.document) } : short
        shortSize = examples.isEmpty ? 0 : try size(short.flatMap(\.self))
        wholeSize = examples.isEmpty ? 0 : try size(whole.flatMap(\.self))
    }

    /// The examples that leave room for a document, and how many tokens are left for it.
    ///
    /// The documents of the examples go before anything of the document does; the examples themselves where they would
    /// take more than half of the room.
    func fitting(_ document: Int, in room: Int) -> (parts: [[Part]], space: Int) {
        if wholeSize + document <= room { return (whole, max(0, room - wholeSize)) }
        if shortSize + document <= room || 2 * shortSize <= room { return (short, max(0, room - shortSize)) }
        return ([], max(0, room))
    }
}

extension PromptParts<Int> {
    init(examples: [WorkedExample], hasDocument: Bool, part: (WorkedExample, String?) throws -> [Int]) rethrows {
        try self.init(examples: examples, hasDocument: hasDocument, part: part, size: \.count)
    }
}
