import DocumentService
import Foundation
import PERKModel
import StrictJSON

/// What the service does for one method name.
package struct Method: Sendable {
    /// The names of the parameters that it takes; nil where it takes whatever comes.
    package let parameters: [String]?
    /// Computes the result.
    package let respond: @Sendable (Call) async throws -> JSONValue

    package init(parameters: [String]?, respond: @escaping @Sendable (Call) async throws -> JSONValue) {
        (self.parameters, self.respond) = (parameters, respond)
    }

    /// The methods of the protocol by their names.
    ///
    /// - Parameter files: The directories that the parameter `path` may lead into.
    package static func all(service: any DocumentAnswering, files: AllowedDirectories) -> [String: Method] {
        [
            "documents/submit": .submitDocument(service: service, files: files),
            "documents/append": .appendToDocument(service: service),
            "documents/list": .listDocuments(service: service),
            "documents/remove": .removeDocument(service: service),
            "documents/pin": .pinDocument(true, service: service),
            "documents/unpin": .pinDocument(false, service: service),
            "questions/ask": .askQuestion(service: service),
            "server/status": .status(service: service),
        ]
    }
}

/// One call of a method.
package struct Call: Sendable {
    package let parameters: Parameters
    /// Told of progress, where the call asks for it; nil where nobody can be told.
    package let onProgress: ProgressHandler?
    /// Told of pieces of an answer, where the call asks for them; nil where nobody can be told.
    package let onText: (@Sendable (String) -> Void)?
    /// Sends a notification of the protocol, by its method and parameters; nil where nobody can be told.
    package let notify: (@Sendable (String, JSONValue) -> Void)?

    package init(
        parameters: Parameters, onProgress: ProgressHandler? = nil, onText: (@Sendable (String) -> Void)? = nil,
        notify: (@Sendable (String, JSONValue) -> Void)? = nil
    ) {
        (self.parameters, self.onProgress, self.onText, self.notify) = (parameters, onProgress, onText, notify)
    }

    /// Whom to tell of progress, which only those are told of who ask for it.
    fileprivate func progressHandler() throws(RPCError) -> ProgressHandler? {
        try parameters.optionalBoolean("progress") == true ? onProgress : nil
    }

    /// Runs what takes a document from `parameter`, which its errors then name.
    fileprivate func submitting<Result>(
        from parameter: String, _ submit: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await submit()
        } catch let error as QuestionAnsweringError {
            throw RPCError(answering: error, documentParameter: parameter)
        }
    }
}

extension Method {
    /// `documents/submit`: learns a document given as `text`, `texts` or `path`.
    static func submitDocument(service: any DocumentAnswering, files: AllowedDirectories) -> Method {
        Method(parameters: ["text", "texts", "path", "name", "keepText", "progress"]) { call in
            let (request, parameter) = try submission(call.parameters, files: files)
            let progress = try call.progressHandler()
            let submitted = try await call.submitting(from: parameter) {
                try await service.submit(request, progress: progress)
            }
            return try JSONValue(submitted)
        }
    }

    /// The request, and the one of the parameters `text`, `texts` and `path` that it takes the document from.
    private static func submission(
        _ parameters: Parameters, files: AllowedDirectories
    ) throws -> (request: SubmitRequest, parameter: String) {
        let given = ["text", "texts", "path"].filter(parameters.contains)
        guard given.count <= 1 else {
            throw RPCError.invalid(given[1], "give either \(given[0]) or \(given[1]), not both")
        }
        var request = SubmitRequest(text: "")
        switch given.first {
        case "path":
            let path = try parameters.text("path")
            request = SubmitRequest(text: try files.text(at: path), name: URL(fileURLWithPath: path).lastPathComponent)
        case "texts":
            request = SubmitRequest(texts: try parameters.optionalTexts("texts") ?? [])
        default:
            request = SubmitRequest(text: try parameters.text("text"))
        }
        request.name = try parameters.optionalText("name") ?? request.name
        request.keepText = try parameters.optionalBoolean("keepText")
        return (request, given.first ?? "text")
    }

    /// `documents/append`: learns a document again with more text behind it.
    static func appendToDocument(service: any DocumentAnswering) -> Method {
        Method(parameters: ["document", "text", "progress"]) { call in
            let request = AppendRequest(
                document: try call.parameters.text("document"), text: try call.parameters.text("text"))
            let progress = try call.progressHandler()
            let submitted = try await call.submitting(from: "text") {
                try await service.append(request, progress: progress)
            }
            return try JSONValue(submitted)
        }
    }

    /// `documents/list`: the documents that can be asked about.
    static func listDocuments(service: any DocumentAnswering) -> Method {
        Method(parameters: []) { _ in
            ["documents": .array(try await service.documents().map(JSONValue.init))]
        }
    }

    /// `documents/remove`: forgets a document.
    static func removeDocument(service: any DocumentAnswering) -> Method {
        Method(parameters: ["document"]) { call in
            ["removed": .boolean(try await service.remove(document: call.parameters.text("document")))]
        }
    }

    /// `documents/pin` and `documents/unpin`: lets a document stay when the cache makes room, or go.
    static func pinDocument(_ isPinned: Bool, service: any DocumentAnswering) -> Method {
        Method(parameters: ["document"]) { call in
            try await service.setPinned(isPinned, document: call.parameters.text("document"))
            return ["pinned": .boolean(isPinned)]
        }
    }

    /// `questions/ask`: answers a question about a `document` that is known, or about a `text` that is learned first.
    static func askQuestion(service: any DocumentAnswering) -> Method {
        Method(
            parameters: [
                "document", "text", "question", "maxTokens", "temperature", "topP", "seed", "stream", "progress",
            ]
        ) { call in
            let parameters = call.parameters
            var request = AskRequest(
                question: try parameters.text("question"), sampling: try SamplingOptions(parameters))
            request.stream = try parameters.optionalBoolean("stream")
            request.text = try parameters.optionalText("text")
            request.document =
                try request.text == nil ? parameters.text("document") : parameters.optionalText("document")
            let progress = try call.progressHandler()
            let answer = try await call.submitting(from: "text") {
                try await service.answer(request, progress: progress) { call.onText?($0) }
            }
            return try JSONValue(answer)
        }
    }

    /// `server/status`: what is being served.
    static func status(service: any DocumentAnswering) -> Method {
        Method(parameters: []) { _ in
            try await JSONValue(service.status())
        }
    }
}

extension SamplingOptions {
    init(_ parameters: Parameters) throws(RPCError) {
        self.init()
        maxTokens = try parameters.optionalInteger("maxTokens", in: 1...65_536) ?? maxTokens
        temperature =
            try parameters.optionalNumber("temperature", "from 0 to 100") { $0 >= 0 && $0 <= 100 } ?? temperature
        topP = try parameters.optionalNumber("topP", "above 0 and at most 1") { $0 > 0 && $0 <= 1 } ?? topP
        seed = try parameters.optionalInteger("seed", in: 0...Int.max).map(UInt64.init) ?? seed
    }
}
