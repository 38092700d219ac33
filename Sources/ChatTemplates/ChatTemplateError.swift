/// A chat template that cannot be used, or that refuses a conversation.
public struct ChatTemplateError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// The template uses what is not supported here, such as "the filter 'selectattr'".
        case unsupported(construct: String)
        /// The template is no valid Jinja.
        case malformed(String)
        /// The template itself refuses the conversation, by `raise_exception`.
        case refused(String)
        /// A value is not what the template takes it for, or the template does too much work.
        case failed(String)
        /// The file that should hold the template cannot be used.
        case unusableFile(String)
    }

    /// The file that the template is from.
    public let source: String
    /// The line of the template, from 1; `nil` for a problem of the whole file.
    public let line: Int?
    public let problem: Problem

    public init(source: String, line: Int?, problem: Problem) {
        (self.source, self.line, self.problem) = (source, line, problem)
    }

    public var description: String {
        let what =
            switch problem {
            case .unsupported(let construct): "\(construct) is not supported in chat templates"
            case .malformed(let reason): "the chat template is not valid: \(reason)"
            case .refused(let message): "the chat template refuses the conversation: \(message)"
            case .failed(let reason): "the chat template fails: \(reason)"
            case .unusableFile(let reason): reason
            }
        let place = line.map { "\(source), chat template, line \($0)" } ?? source
        return "\(place): \(what); ask without the template"
    }
}

/// A problem in a line of a template whose file is not known yet.
struct TemplateFailure: Error {
    let line: Int
    let problem: ChatTemplateError.Problem

    init(_ line: Int, _ problem: ChatTemplateError.Problem) { (self.line, self.problem) = (line, problem) }
}
