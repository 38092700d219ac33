import Foundation
import QuestionAnswering
import Yams

/// Reads one mapping of a YAML file strictly: every key that nobody asks for is refused.
///
/// Keys that the file does not state leave the value as it is. The reader records what every key ends up with.
struct SectionReader {
    /// The configuration's file, as errors name it.
    let file: String
    /// The folder that relative paths start from.
    let directory: URL
    /// Every key asked for, with its value after reading; keys without a value are left out.
    private(set) var resolved: Node.Mapping = [:]
    private let path: String
    private let node: Node
    private let mapping: Node.Mapping
    private var known: [String] = []

    /// A section that is empty states nothing.
    init(file: String, directory: URL, path: String = "", node: Node) throws {
        self.file = file
        self.directory = directory
        self.path = path
        self.node = node
        self.mapping = node.mapping ?? [:]
        guard node.mapping != nil || node.null != nil else {
            throw mistyped(node, path: path, expected: "keys with values")
        }
    }

    /// The keys that the file states.
    var statedKeys: [String] {
        mapping.keys.compactMap(\.scalar?.string)
    }

    /// Reads the whole mapping as one section, with all its checks.
    mutating func readAll<Section: ConfigurationSection>(into section: inout Section) throws {
        try section.read(from: &self)
        try refuseUnknownKeys()
        try section.validate(self)
    }

    // MARK: - Values

    /// Reads a value of any size.
    mutating func read<Value: ConfigurationValue>(_ key: String, into value: inout Value) throws {
        if let node = take(key) {
            value = try self.value(node, path: path(of: key))
        }
        resolved[key] = value.node
    }

    /// Reads a value within bounds.
    mutating func read<Value: ConfigurationValue & Comparable>(
        _ key: String, into value: inout Value, in bounds: ClosedRange<Value>
    ) throws {
        if let node = take(key) {
            value = try self.value(node, path: path(of: key), in: bounds)
        }
        resolved[key] = value.node
    }

    /// Reads a value within bounds that may be absent or null.
    mutating func read<Value: ConfigurationValue & Comparable>(
        _ key: String, into value: inout Value?, in bounds: ClosedRange<Value>
    ) throws {
        if let node = take(key), node.null == nil {
            value = try self.value(node, path: path(of: key), in: bounds)
        }
        resolved[key] = value?.node
    }

    /// Reads a path that may be absent or null, and takes it from the configuration's folder where it is relative.
    mutating func readPath(_ key: String, into value: inout String?) throws {
        if let node = take(key), node.null == nil {
            value = try self.value(node, path: path(of: key))
        }
        if let text = value {
            guard !text.isEmpty else { throw refusal(key, "the path is empty; give one or remove the key") }
            value = URL(fileURLWithPath: text, relativeTo: directory).standardizedFileURL.path
        }
        resolved[key] = value?.node
    }

    /// Reads a path that has a default, and takes it from the configuration's folder where it is relative.
    mutating func readPath(_ key: String, into value: inout String) throws {
        var path: String? = value
        try readPath(key, into: &path)
        value = path ?? value
    }

    // MARK: - Lists

    /// Reads a list of choices; the word `all` stands for every one.
    mutating func readList<Choice: ConfigurationChoice>(_ key: String, into values: inout [Choice]) throws {
        if let node = take(key) {
            if node.scalar?.string == "all" {
                values = Array(Choice.allCases)
            } else {
                values = try elements(of: node, key: key).map { try value($0.node, path: $0.path) }
            }
        }
        resolved[key] = .sequence(Node.Sequence(values.map(\.node)))
    }

    /// Reads a list of values, each within bounds.
    mutating func readList<Value: ConfigurationValue & Comparable>(
        _ key: String, into values: inout [Value], in bounds: ClosedRange<Value>
    ) throws {
        if let node = take(key) {
            values = try elements(of: node, key: key).map { try value($0.node, path: $0.path, in: bounds) }
        }
        resolved[key] = .sequence(Node.Sequence(values.map(\.node)))
    }

    // MARK: - Sections

    /// Reads a section.
    mutating func readSection<Section: ConfigurationSection>(_ key: String, into section: inout Section) throws {
        resolved[key] = try read(&section, node: take(key) ?? [:], path: path(of: key))
    }

    /// Reads a section that may be absent or null.
    mutating func readSection<Section: ConfigurationSection>(_ key: String, into section: inout Section?) throws {
        let stated = take(key).flatMap { $0.null == nil ? $0 : nil }
        guard stated != nil || section != nil else { return }
        var present = section ?? Section()
        resolved[key] = try read(&present, node: stated ?? [:], path: path(of: key))
        section = present
    }

    /// Reads a list of sections; a list in the file replaces the one so far.
    mutating func readSections<Section: ConfigurationSection>(_ key: String, into sections: inout [Section]) throws {
        var elements = sections.indices.map { (node: [:] as Node, path: "\(path(of: key))[\($0)]") }
        if let node = take(key) {
            elements = try self.elements(of: node, key: key)
            sections = elements.map { _ in Section() }
        }
        let nodes = try sections.indices.map { index in
            try read(&sections[index], node: elements[index].node, path: elements[index].path)
        }
        resolved[key] = .sequence(Node.Sequence(nodes))
    }
}

// MARK: - Nodes

extension SectionReader {
    private mutating func take(_ key: String) -> Node? {
        known.append(key)
        return mapping[key]
    }

    private func path(of key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    private func value<Value: ConfigurationValue>(_ node: Node, path: String) throws -> Value {
        guard let value = Value(node: node) else { throw mistyped(node, path: path, expected: Value.expectation) }
        return value
    }

    private func value<Value: ConfigurationValue & Comparable>(
        _ node: Node, path: String, in bounds: ClosedRange<Value>
    ) throws -> Value {
        let value: Value = try self.value(node, path: path)
        guard bounds.contains(value) else {
            let text = "between \(bounds.lowerBound) and \(bounds.upperBound)"
            throw error(node, path: path, .outOfRange(value: "\(value)", bounds: text))
        }
        return value
    }

    private func elements(of node: Node, key: String) throws -> [(node: Node, path: String)] {
        guard let sequence = node.sequence else { throw mistyped(node, path: path(of: key), expected: "a list") }
        return sequence.enumerated().map { ($1, "\(path(of: key))[\($0)]") }
    }

    /// Reads a section from a node of its own and returns what it resolves to.
    private func read<Section: ConfigurationSection>(
        _ section: inout Section, node: Node, path: String
    ) throws -> Node {
        var reader = try SectionReader(file: file, directory: directory, path: path, node: node)
        try reader.readAll(into: &section)
        return .mapping(reader.resolved)
    }
}

// MARK: - Errors

extension SectionReader {
    /// An error about `key`, in words that say what to do.
    func refusal(_ key: String, _ text: String) -> TrainingConfigurationError {
        error(mapping[key] ?? node, path: path(of: key), .conflict(text))
    }

    private func refuseUnknownKeys() throws {
        for (keyNode, _) in mapping {
            guard let key = keyNode.scalar?.string else {
                throw mistyped(keyNode, path: path, expected: "text as a key")
            }
            guard known.contains(key) else {
                let nearest = nearestName(to: key, among: known)
                throw error(keyNode, path: path(of: key), .unknownKey(nearest: nearest, known: known))
            }
        }
    }

    private func mistyped(_ node: Node, path: String, expected: String) -> TrainingConfigurationError {
        let found =
            switch node {
            case .mapping: "keys with values"
            case .sequence: "a list"
            case .scalar, .alias: node.null == nil ? "\"\(node.scalar?.string ?? "")\"" : "nothing"
            }
        return error(node, path: path, .mistyped(expected: expected, found: found))
    }

    private func error(
        _ node: Node, path: String, _ problem: TrainingConfigurationError.Problem
    ) -> TrainingConfigurationError {
        TrainingConfigurationError(file: file, line: node.mark?.line, path: path, problem: problem)
    }
}
