/// A turn of a conversation.
public struct ChatMessage: Sendable, Equatable {
    public enum Role: String, Sendable { case system, user, assistant }

    public let role: Role
    public let content: String

    public init(_ role: Role, _ content: String) { (self.role, self.content) = (role, content) }
}

/// A conversation as the model expects it.
public struct RenderedChat: Sendable, Equatable {
    public let text: String
    /// The parts of the text that the template wrote, in bytes of UTF-8 and in order; the others are from messages.
    /// Only in these does the spelling of a special token mean the token.
    public let templateRanges: [Range<Int>]

    init(_ text: MarkedText) {
        var view = String.UnicodeScalarView()
        var ranges: [Range<Int>] = []
        var position = 0
        for character in text.characters {
            view.append(character.scalar)
            let end = position + UTF8.width(character.scalar)
            if character.isFromTemplate {
                if let last = ranges.last, last.upperBound == position {
                    ranges[ranges.count - 1] = last.lowerBound..<end
                } else {
                    ranges.append(position..<end)
                }
            }
            position = end
        }
        (self.text, templateRanges) = (String(view), ranges)
    }
}

/// How a model wants a conversation to be written: a template in a subset of Jinja.
///
/// The subset has what the templates of SmolLM2, Qwen2.5, Qwen3 and Gemma 3 use, and the common rest of its kind: `if`,
/// `for`, `set`, `break`, `continue`, namespaces, the operators but `/` and `**`, some filters, tests and methods.
/// Anything else is refused with its name and line.
public struct ChatTemplate: Sendable {
    /// The file that it is from.
    public let source: String
    private let statements: [TemplateStatement]
    private let specialTokens: [String: String]

    /// - Parameters:
    ///   - template: the text of the template.
    ///   - specialTokens: the spellings of special tokens by their variables: `bos_token`, `eos_token`.
    ///   - source: where it is from, for messages.
    /// - Throws: `ChatTemplateError` for what is not in the subset.
    public init(_ template: String, specialTokens: [String: String] = [:], source: String) throws(ChatTemplateError) {
        (self.source, self.specialTokens) = (source, specialTokens)
        do {
            statements = try TemplateParser.statements(of: template)
        } catch {
            throw ChatTemplateError(source: source, line: error.line, problem: error.problem)
        }
    }

    /// Writes a conversation.
    ///
    /// - Parameters:
    ///   - addsGenerationPrompt: whether the beginning of the assistant's next turn follows.
    ///   - options: what the template asks besides, such as `enable_thinking`.
    /// - Throws: `ChatTemplateError`.
    public func rendered(
        _ messages: [ChatMessage], addsGenerationPrompt: Bool, options: [String: Bool] = [:]
    ) throws(ChatTemplateError) -> RenderedChat {
        var variables = specialTokens.mapValues { TemplateValue.text($0) }
        for (name, value) in options { variables[name] = .boolean(value) }
        variables["messages"] = .list(
            messages.map { message in
                let content = TemplateValue.text(MarkedText(message.content, isFromTemplate: false))
                return .map(
                    TemplateMap([
                        .init(key: "role", value: .text(message.role.rawValue)), .init(key: "content", value: content),
                    ]))
            })
        variables["add_generation_prompt"] = .boolean(addsGenerationPrompt)
        // What transformers passes where a conversation has no tools and no documents.
        variables["tools"] = TemplateValue.null
        variables["documents"] = TemplateValue.null
        return RenderedChat(try rendered(variables, characters: messages.reduce(0) { $0 + $1.content.utf8.count }))
    }

    func rendered(
        _ variables: [String: TemplateValue], characters: Int = 0
    ) throws(ChatTemplateError) -> MarkedText {
        var evaluation = TemplateEvaluation(variables: variables, messageCharacters: characters)
        do {
            try evaluation.run(statements)
        } catch {
            throw ChatTemplateError(source: source, line: error.line, problem: error.problem)
        }
        return evaluation.output
    }
}
