import DocumentService
import PERKModel
import StrictJSON

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
