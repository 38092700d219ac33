import DocumentService
import JSONRPC
import StrictConfiguration
import StrictJSON

/// Answers `tools/call`.
struct ToolCaller: Sendable {
    /// The service's methods by their names.
    let methods: [String: Method]

    /// The members of the result. A tool that fails is a result too, for the language model to read.
    ///
    /// - Throws: `RPCError` for a tool that there is not, and `CancellationError`.
    func result(of call: Call) async throws -> [JSONValue.Member] {
        let name = try call.parameters.text("name")
        guard let tool = Tool.all.first(where: { $0.name == name }), let method = methods[tool.method] else {
            let names = Tool.all.map(\.name)
            let guess = nearestName(to: name, among: names).map { "did you mean \($0)?" }
            throw RPCError.invalid("name", "no tool \(name.prefix(60)): \(guess ?? names.joined(separator: ", "))")
        }
        let arguments = try call.parameters.optionalObject("arguments") ?? [:]
        let token = try call.parameters.optionalObject("_meta")?["progressToken"]
        do {
            let result = try await method.respond(try methodCall(tool, arguments, token, call))
            return [
                .init("content", [["type": "text", "text": .string(result.description)]]),
                .init("structuredContent", result), .init("isError", .boolean(false)),
            ]
        } catch {
            let error = RPCError(answering: error)
            guard error.code != .cancelled else { throw error }
            return [
                .init("content", [["type": "text", "text": .string(error.message)]]),
                .init("isError", .boolean(true)),
            ]
        }
    }

    /// The call of the method that does a tool's work.
    ///
    /// - Parameter token: By which the client recognizes the progress that it asks for.
    private func methodCall(_ tool: Tool, _ arguments: JSONValue, _ token: JSONValue?, _ call: Call) throws -> Call {
        let parameters = try Parameters(arguments, accepted: tool.argumentNames)
        guard let token, tool.argumentNames.contains("text"), case .object(let given) = arguments else {
            return Call(parameters: parameters)
        }
        return Call(
            parameters: try Parameters(.object(given + [.init("progress", .boolean(true))]), accepted: nil),
            onProgress: { call.notify?("notifications/progress", Self.parameters(of: $0, token: token)) })
    }

    /// Progress is counted in segments, over all steps.
    private static func parameters(of progress: EncodingProgress, token: JSONValue) -> JSONValue {
        let loss = progress.loss.map { ", loss \(($0 * 1000).rounded() / 1000)" } ?? ""
        return [
            "progressToken": token,
            "progress": .integer((progress.step - 1) * progress.segments + progress.segment),
            "total": .integer(progress.steps * progress.segments),
            "message": .string("step \(progress.step) of \(progress.steps)\(loss)"),
        ]
    }
}
