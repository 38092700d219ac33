import Foundation

@testable import ChatTemplates

/// What transformers made of templates, recorded by `Fixtures/chat-templates/record.py`.
enum Recordings {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/chat-templates")

    struct Output: Decodable {
        let text: String?
        let error: String?
    }

    struct Conversation: Decodable {
        struct Message: Decodable {
            let role: String
            let content: String
        }

        let messages: [Message]
        let addGenerationPrompt: Bool
        let options: [String: Bool]
        let outputs: [String: Output]

        enum CodingKeys: String, CodingKey {
            case messages, options, outputs
            case addGenerationPrompt = "add_generation_prompt"
        }

        var chat: [ChatMessage] {
            messages.compactMap { message in
                ChatMessage.Role(rawValue: message.role).map { ChatMessage($0, message.content) }
            }
        }
    }

    struct Language: Decodable {
        struct Template: Decodable {
            let source: String
            let text: String?
            let error: String?
        }

        let data: [String: JSONValue]
        let templates: [Template]
    }

    static let specialTokens = ["bos_token": "<bos>", "eos_token": "<eos>"]

    static func conversations() throws -> [Conversation] { try decoded("conversations.json") }

    static func language() throws -> Language { try decoded("language.json") }

    static func template(_ name: String) throws -> ChatTemplate {
        let text = try String(contentsOf: folder.appending(path: "\(name).jinja"), encoding: .utf8)
        return try ChatTemplate(text, specialTokens: specialTokens, source: "\(name).jinja")
    }

    private static func decoded<Value: Decodable>(_ name: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: name)))
    }
}

/// A value for a template, as the recording has it.
enum JSONValue: Decodable {
    case value(TemplateValue)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .value(.null)
        } else if let value = try? container.decode(Bool.self) {
            self = .value(.boolean(value))
        } else if let value = try? container.decode(Int.self) {
            self = .value(.integer(value))
        } else if let value = try? container.decode(String.self) {
            self = .value(.text(value))
        } else if let values = try? container.decode([JSONValue].self) {
            self = .value(.list(values.map(\.value)))
        } else {
            let members = try container.decode([String: JSONValue].self)
            self = .value(
                .map(TemplateMap(members.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value.value) })))
        }
    }

    var value: TemplateValue {
        switch self {
        case .value(let value): value
        }
    }
}
