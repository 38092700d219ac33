/// Why a configuration was refused.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// Where the value concerned was stated.
    public enum Place: Equatable, Sendable {
        /// In a file, at a line counted from 1.
        case file(String, line: Int?)
        /// In a setting that takes the place of a value in the file, as its text.
        case setting(String)
    }

    /// What is wrong.
    public enum Problem: Equatable, Sendable {
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

    /// Where the value concerned was stated.
    public let place: Place
    /// The full path of the key concerned, such as `curriculum[1].until.accuracy`; empty for the whole file.
    public let path: String
    /// What is wrong.
    public let problem: Problem

    package init(place: Place, path: String, problem: Problem) {
        (self.place, self.path, self.problem) = (place, path, problem)
    }

    public var description: String {
        [place.description, path, explanation].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// What is wrong and what to do, without the place.
    package var explanation: String {
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

extension ConfigurationError.Place: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let file, let line?): "\(file):\(line)"
        case .file(let file, nil): file
        case .setting(let text): text
        }
    }
}
