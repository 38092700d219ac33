import DocumentService
import Foundation
import PERKModel
import StrictJSON

/// What the service does for one method name.
struct Method: Sendable {
    /// The names of the parameters that it takes.
    let parameters: [String]
    /// Computes the result.
    let respond: @Sendable (Call) throws -> JSONValue
}

/// One call of a method.
struct Call: Sendable {
    /// The request's id, or nil for a notification.
    let id: RequestID?
    let parameters: Parameters
    /// Sends a notification about this call before its reply.
    let notify: @Sendable (_ method: String, _ parameters: JSONValue) -> Void
}

extension Method {
    /// `documents/submit`: learns a document given as `text` or `path`.
    static func submitDocument(service: any DocumentAnswering, files: AllowedDirectories) -> Method {
        Method(parameters: ["text", "path", "name"]) { call in
            let source = try DocumentSource(call.parameters, files: files)
            let name = try call.parameters.optionalText("name") ?? source.name
            return try JSONValue(call.submit(source, name: name, to: service))
        }
    }

    /// `documents/list`: the documents that can be asked about.
    static func listDocuments(service: any DocumentAnswering) -> Method {
        Method(parameters: []) { _ in
            ["documents": .array(try service.documents().map(JSONValue.init))]
        }
    }

    /// `documents/remove`: forgets a document.
    static func removeDocument(service: any DocumentAnswering) -> Method {
        Method(parameters: ["document"]) { call in
            ["removed": .boolean(try service.remove(document: call.parameters.text("document")))]
        }
    }
}

/// A document's text and the parameter that it came from.
struct DocumentSource: Sendable {
    let parameter: String
    let text: String
    /// The file's name, where the document was given as a path.
    let name: String?

    /// Takes the document from exactly one of the parameters `text` and `path`.
    init(_ parameters: Parameters, files: AllowedDirectories) throws {
        guard parameters.contains("path") else {
            parameter = "text"
            text = try parameters.text("text")
            name = nil
            return
        }
        guard !parameters.contains("text") else {
            throw RPCError.invalid("path", "give either text or path, not both")
        }
        let path = try parameters.text("path")
        parameter = "path"
        text = try files.text(at: path)
        name = URL(fileURLWithPath: path).lastPathComponent
    }
}

extension Call {
    /// Submits a document, sending `notifications/progress` while it is encoded.
    func submit(
        _ source: DocumentSource, name: String?, to service: any DocumentAnswering
    ) throws -> SubmittedDocument {
        do {
            return try service.submit(text: source.text, name: name) { progress in
                // A notification has no id, so nobody could tell what its progress belongs to.
                guard let id else { return }
                notify("notifications/progress", JSONValue(progress, id: id))
            }
        } catch let error as QuestionAnsweringError {
            throw RPCError(answering: error, documentParameter: source.parameter)
        }
    }
}

extension Method {
    /// `questions/ask`: answers a question about a learned `document`, or about a `text` that is learned first.
    static func askQuestion(service: any DocumentAnswering, files: AllowedDirectories) -> Method {
        Method(
            parameters: ["document", "text", "question", "maxTokens", "temperature", "topP", "seed", "stream"]
        ) { call in
            let parameters = call.parameters
            let question = try parameters.text("question")
            let sampling = try SamplingOptions(parameters)
            if try parameters.optionalBoolean("stream") == true {
                throw RPCError.invalid("stream", "streaming is not served; leave it out or give false")
            }
            guard parameters.contains("text") else {
                let document = try parameters.text("document")
                return try JSONValue(service.ask(document: document, question: question, sampling: sampling))
            }
            guard !parameters.contains("document") else {
                throw RPCError.invalid("text", "give either document or text, not both")
            }
            let source = try DocumentSource(parameters, files: files)
            let submitted = try call.submit(source, name: nil, to: service)
            var answer = try service.ask(document: submitted.document, question: question, sampling: sampling)
            answer.seconds = answer.seconds.after(submitting: submitted.seconds)
            return try JSONValue(answer)
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

extension Method {
    /// `server/status`: what is being served.
    static func status(service: any DocumentAnswering) -> Method {
        Method(parameters: []) { _ in
            try JSONValue(service.status())
        }
    }
}
