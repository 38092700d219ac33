import DocumentService
import Foundation
import PERKModel
import StrictJSON

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
