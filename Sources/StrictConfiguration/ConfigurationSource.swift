import Foundation
import Yams

/// What a configuration is read from: a file, and values set in place of the file's.
package struct ConfigurationSource {
    /// The configuration's file, as errors name it.
    package let file: String
    /// The folder that relative paths start from; nil leaves them as they stand.
    package let directory: URL?
    /// Values in place of the file's, in their order; a later one prevails.
    package var settings: [ConfigurationSetting]

    package init(file: String, directory: URL?, settings: [ConfigurationSetting] = []) {
        (self.file, self.directory, self.settings) = (file, directory, settings)
    }

    /// Where the node at `path` was stated.
    ///
    /// What a setting put at its path or below it is the setting's. So are mappings that it made on the way there: they
    /// have no mark, since they stand in no text.
    func place(of node: Node, at path: String) -> ConfigurationError.Place {
        let stating = settings.last { path.lies(atOrBelow: $0.path) }
        let making = node.mark == nil ? settings.last { $0.path.lies(atOrBelow: path) } : nil
        guard let setting = stating ?? making else { return .file(file, line: node.mark?.line) }
        return .setting(setting.text)
    }
}

extension String {
    /// Whether a path such as `curriculum[1].until.accuracy` is another one, or leads through it.
    fileprivate func lies(atOrBelow path: String) -> Bool {
        guard hasPrefix(path), !path.isEmpty else { return false }
        return count == path.count || dropFirst(path.count).hasPrefix(".") || dropFirst(path.count).hasPrefix("[")
    }
}

/// A value in place of the file's, as in `inner.steps=8`.
///
/// The path leads through keys and, in brackets, indices of list elements; the value is YAML.
public struct ConfigurationSetting {
    /// One step of a path.
    private enum Step {
        case key(String)
        case index(Int)
    }

    /// Deeper than any key of a configuration lies.
    private static let deepest = 16

    /// The setting as it was given.
    let text: String
    /// The path, as errors name it.
    let path: String
    private let steps: [Step]
    private let value: Node

    /// Reads `PATH=VALUE`.
    /// - Throws: `ConfigurationSettingError`.
    public init(_ text: String) throws {
        guard let equals = text.firstIndex(of: "=") else { throw ConfigurationSettingError.noValue }
        self.text = text
        path = String(text[..<equals])
        steps = try Self.steps(of: path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: String(text[text.index(after: equals)...]))
        } catch {
            throw ConfigurationSettingError.syntax("\(error)")
        }
        guard let node else { throw ConfigurationSettingError.emptyValue }
        value = node
    }

    private static func steps(of path: String) throws -> [Step] {
        var steps: [Step] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            guard let match = part.wholeMatch(of: /([^\[\]]+)((?:\[(?:0|[1-9][0-9]*)\])*)/) else {
                throw ConfigurationSettingError.malformedPath(path)
            }
            steps.append(.key(String(match.1)))
            for digits in match.2.split(whereSeparator: { "[]".contains($0) }) {
                guard let index = Int(digits) else { throw ConfigurationSettingError.malformedPath(path) }
                steps.append(.index(index))
            }
            guard steps.count <= deepest else { throw ConfigurationSettingError.malformedPath(path) }
        }
        return steps
    }

    /// The tree of a configuration with the value at its path.
    /// - Throws: `ConfigurationError` where the path leads through something else than keys and lists.
    package func applied(to root: Node) throws -> Node {
        try put(into: root, steps: steps[...], path: "")
    }

    private func put(into node: Node?, steps: ArraySlice<Step>, path: String) throws -> Node {
        guard let step = steps.first else { return value }
        let stated = node.flatMap { $0.null == nil ? $0 : nil }
        switch step {
        case .key(let key):
            guard var mapping = stated == nil ? [:] : stated?.mapping else {
                throw error(path, .mistyped(expected: "keys with values", found: stated?.found ?? ""))
            }
            mapping[key] = try put(
                into: mapping[key], steps: steps.dropFirst(), path: path.isEmpty ? key : "\(path).\(key)")
            return .mapping(mapping)
        case .index(let index):
            guard let stated else {
                throw error(path, .conflict("the file states no list here; set the whole list"))
            }
            guard var sequence = stated.sequence else {
                throw error(path, .mistyped(expected: "a list", found: stated.found))
            }
            guard sequence.indices.contains(index) else {
                throw error("\(path)[\(index)]", .conflict("the list has \(sequence.count) elements, counted from 0"))
            }
            sequence[index] = try put(
                into: sequence[index], steps: steps.dropFirst(), path: "\(path)[\(index)]")
            return .sequence(sequence)
        }
    }

    private func error(_ path: String, _ problem: ConfigurationError.Problem) -> ConfigurationError {
        ConfigurationError(place: .setting(text), path: path, problem: problem)
    }
}

/// Why a setting is none.
public enum ConfigurationSettingError: Error, Equatable, CustomStringConvertible {
    /// There is no equals sign.
    case noValue
    /// Nothing follows the equals sign.
    case emptyValue
    /// What precedes the equals sign leads nowhere.
    case malformedPath(String)
    /// The value is not YAML.
    case syntax(String)

    public var description: String {
        switch self {
        case .noValue: "give a path and a value, as in inner.steps=8"
        case .emptyValue: "nothing follows the equals sign; give a value, or ~ for none"
        case .malformedPath(let path):
            "\"\(path)\" is not a path; write keys with dots and list elements with brackets, as in curriculum[0].name"
        case .syntax(let detail): "the value is not valid YAML: \(detail)"
        }
    }
}
