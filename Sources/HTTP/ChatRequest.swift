import DocumentService
import JSONRPC
import PERKModel
import StrictJSON

/// A request for a chat completion, of which the last message is a question about the document that the model's name
/// names.
///
/// Interface: OpenAI's `POST /v1/chat/completions`. What would have no effect here is refused by its name.
struct ChatRequest: Sendable {
    /// The name of the model as it was given.
    let model: String
    let question: String
    let sampling: SamplingOptions
    let streams: Bool

    private static let known = [
        "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed", "stream", "n",
        "ignoreHistory",
    ]

    /// - Throws: `RPCError` that names the member at fault.
    init(_ body: JSONValue) throws {
        if case .object(let members) = body {
            for member in members where !Self.known.contains(member.name) && member.value != .null {
                let known = Self.known.joined(separator: ", ")
                throw RPCError.invalid(
                    String(member.name.prefix(60)), "has no effect here; leave it out. Known: \(known)")
            }
        }
        let parameters = try JSONRPC.Parameters(body, accepted: nil)
        model = try parameters.text("model")
        guard try parameters.optionalInteger("n", in: 1...Int.max) ?? 1 == 1 else {
            throw RPCError.invalid("n", "there is one answer to a question; leave it out")
        }
        streams = try parameters.optionalBoolean("stream") ?? false
        var sampling = SamplingOptions()
        sampling.maxTokens =
            try parameters.optionalInteger("max_completion_tokens", in: 1...65_536)
            ?? parameters.optionalInteger("max_tokens", in: 1...65_536) ?? sampling.maxTokens
        sampling.temperature =
            try parameters.optionalNumber("temperature", "from 0 to 100") { $0 >= 0 && $0 <= 100 } ?? 0
        sampling.topP = try parameters.optionalNumber("top_p", "above 0 and at most 1") { $0 > 0 && $0 <= 1 } ?? 1
        sampling.seed = try parameters.optionalInteger("seed", in: 0...Int.max).map(UInt64.init) ?? 0
        self.sampling = sampling
        question = try Self.question(
            of: parameters.optionalArray("messages") ?? [],
            ignoresHistory: parameters.optionalBoolean("ignoreHistory") ?? false)
    }

    /// The last message, which the user's must be.
    private static func question(of messages: [JSONValue], ignoresHistory: Bool) throws(RPCError) -> String {
        guard let last = messages.last else { throw .invalid("messages", "missing; give the question as a message") }
        guard last["role"] == "user" else { throw .invalid("messages", "the last message must be the user's question") }
        if messages.count > 1, !ignoresHistory {
            let earlier = messages[messages.count - 2]["role"]?.text ?? "unknown"
            throw .invalid(
                "messages",
                "a question is answered from the document alone, and there are \(messages.count - 1) messages before it, "
                    + "the last of the role \(earlier.prefix(40)): send the question alone, or ignoreHistory: true")
        }
        switch last["content"] {
        case .string(let text):
            return text
        case .array(let parts):
            var text = ""
            for part in parts {
                guard part["type"] == "text", let piece = part["text"]?.text else {
                    throw .invalid("messages", "the question must be text alone")
                }
                text += piece
            }
            return text
        default:
            throw .invalid("messages", "the question must be text")
        }
    }
}
