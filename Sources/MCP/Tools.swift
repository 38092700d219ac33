import StrictJSON

/// What an assistant can have done: one of the service's methods, described for a language model.
struct Tool: Sendable {
    let name: String
    private let title: String
    private let purpose: String
    /// The service's method that does it.
    let method: String
    /// The arguments with their JSON schemas; these have the names of the method's parameters.
    private let arguments: [JSONValue.Member]
    private let required: [String]
    /// Whether the documents are as they were afterwards.
    private var isReadOnly = false
    private var isDestructive = false

    var argumentNames: [String] { arguments.map(\.name) }

    /// The tool as `tools/list` has it.
    var description: JSONValue {
        [
            "name": .string(name), "title": .string(title), "description": .string(purpose),
            "inputSchema": [
                "type": "object", "properties": .object(arguments),
                "required": .array(required.map { .string($0) }), "additionalProperties": .boolean(false),
            ],
            "annotations": [
                "readOnlyHint": .boolean(isReadOnly), "destructiveHint": .boolean(isDestructive),
                "idempotentHint": .boolean(true), "openWorldHint": .boolean(false),
            ],
        ]
    }

    static let all = [submitDocument, askQuestion, listDocuments, removeDocument]

    private static let submitDocument = Tool(
        name: "submit_document", title: "Learn a document",
        purpose: """
            Learns a document, so that questions about it can be asked. Give the text, or several texts that belong \
            together, or the path of a text file below a directory that the server allows. Returns the identifier to ask \
            with. Takes seconds to minutes for a document that is not known yet.
            """,
        method: "documents/submit",
        arguments: [
            text("text", "The document's text."),
            .init(
                "texts",
                [
                    "type": "array", "items": ["type": "string"],
                    "description": "Several texts, which become one document of numbered parts.",
                ]),
            text("path", "The path of a UTF-8 text file on the server."),
            text("name", "A label for people, of at most 256 characters."),
            .init(
                "keepText",
                ["type": "boolean", "description": "Keep the text on the server, so that more can be appended."]),
        ],
        required: [])

    private static let askQuestion = Tool(
        name: "ask_question", title: "Ask about a document",
        purpose: """
            Answers a short question from a learned document, given by the identifier that submit_document returned, or \
            from a text, which is learned first. The confidence, where there is one, is the probability that the answer \
            is right.
            """,
        method: "questions/ask",
        arguments: [
            text("document", "The identifier of a learned document: sha256:…"),
            text("text", "The document's text, instead of an identifier."),
            text("question", "The question."),
            number("maxTokens", "integer", from: 1, "The most tokens of the answer; 32 unless given."),
            number("temperature", "number", from: 0, "Above 0 the answer is sampled; 0 unless given."),
            number("topP", "number", from: 0, "Sampling keeps the most probable tokens up to this probability."),
            number("seed", "integer", from: 0, "The seed of sampling."),
        ],
        required: ["question"], isReadOnly: true)

    private static let listDocuments = Tool(
        name: "list_documents", title: "List the documents",
        purpose: "Lists the learned documents, most recently used first.",
        method: "documents/list", arguments: [], required: [], isReadOnly: true)

    private static let removeDocument = Tool(
        name: "remove_document", title: "Forget a document",
        purpose: "Forgets a learned document.",
        method: "documents/remove",
        arguments: [text("document", "The identifier of the document: sha256:…")],
        required: ["document"], isDestructive: true)

    private static func text(_ name: String, _ description: String) -> JSONValue.Member {
        .init(name, ["type": "string", "description": .string(description)])
    }

    private static func number(
        _ name: String, _ type: String, from minimum: Int, _ description: String
    ) -> JSONValue.Member {
        .init(
            name, ["type": .string(type), "minimum": .integer(minimum), "description": .string(description)])
    }
}
