/// Why a training configuration was refused.
struct TrainingConfigurationError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    enum Problem: Equatable {
        /// The file could not be read.
        case unreadable(reason: String)
        /// The text is not YAML.
        case syntax(String)
        /// The section has no such key. `known` are the keys that it has.
        case unknownKey(nearest: String?, known: [String])
        /// The value is of another type than expected.
        case mistyped(expected: String, found: String)
        /// The value is outside its bounds.
        case outOfRange(value: String, bounds: String)
        /// The value does not fit another one; the text says which and what to do.
        case conflict(String)
    }

    /// The configuration's file.
    let file: String
    /// The line of the value concerned, counted from 1.
    let line: Int?
    /// The full path of the key concerned, such as `curriculum[1].until.accuracy`; empty for the whole file.
    let path: String
    /// What is wrong.
    let problem: Problem

    var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return [place, path, explanation].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    private var explanation: String {
        switch problem {
        case .unreadable(let reason): "cannot be read (\(reason)); check the path"
        case .syntax(let detail): "is not valid YAML: \(detail)"
        case .unknownKey(let nearest?, _): "unknown key; did you mean \(nearest)?"
        case .unknownKey(nil, let known): "unknown key; the keys here are \(known.joined(separator: ", "))"
        case .mistyped(let expected, let found): "expected \(expected), found \(found)"
        case .outOfRange(let value, let bounds): "\(value) is out of range; it must be \(bounds)"
        case .conflict(let text): text
        }
    }
}
