import Foundation
import Yams

/// Reads one mapping of a YAML file strictly: every key that nobody asks for is refused.
///
/// Keys that the file does not state leave the value as it is. Whoever asks for a key says what it means, as a sentence
/// without its full stop; the reader adds what values it takes, and records what every key ends up with.
package struct SectionReader {
    /// Every key asked for, in that order, with its value after reading.
    package private(set) var entries: [ConfigurationEntry] = []
    private let source: ConfigurationSource
    private let path: String
    private let node: Node
    private let mapping: Node.Mapping

    /// A section that is empty states nothing.
    package init(_ source: ConfigurationSource, path: String = "", node: Node) throws {
        self.source = source
        self.path = path
        self.node = node
        self.mapping = node.mapping ?? [:]
        guard node.mapping != nil || node.null != nil else {
            throw mistyped(node, path: path, expected: "keys with values")
        }
    }

    /// The keys that the file states.
    package var statedKeys: [String] {
        mapping.keys.compactMap(\.scalar?.string)
    }

    /// Reads the whole mapping as one section, with all its checks.
    package mutating func readAll<Section: ConfigurationSection>(into section: inout Section) throws {
        try section.read(from: &self)
        try refuseUnknownKeys()
        try section.validate(self)
    }

    // MARK: - Values

    /// Reads a value of any size.
    package mutating func read<Value: ConfigurationValue>(
        _ key: String, into value: inout Value, _ meaning: String
    ) throws {
        if let node = mapping[key] {
            value = try self.value(node, path: path(of: key))
        }
        record(key, meaning, takes: Value.expectation, .value(value.node))
    }

    /// Reads a value within bounds.
    package mutating func read<Value: ConfigurationValue & Comparable>(
        _ key: String, into value: inout Value, in bounds: ClosedRange<Value>, _ meaning: String
    ) throws {
        if let node = mapping[key] {
            value = try self.value(node, path: path(of: key), in: bounds)
        }
        record(key, meaning, takes: bounds.words, .value(value.node))
    }

    /// Reads a value within bounds that may be absent or null.
    package mutating func read<Value: ConfigurationValue & Comparable>(
        _ key: String, into value: inout Value?, in bounds: ClosedRange<Value>, _ meaning: String
    ) throws {
        if let node = mapping[key], node.null == nil {
            value = try self.value(node, path: path(of: key), in: bounds)
        }
        record(key, meaning, takes: "\(bounds.words), or null", .value(value?.node))
    }

    /// Reads a value of any size that may be absent or null.
    package mutating func read<Value: ConfigurationValue>(_ key: String, into value: inout Value?, _ meaning: String)
        throws
    {
        if let node = mapping[key], node.null == nil {
            value = try self.value(node, path: path(of: key))
        }
        record(key, meaning, takes: "\(Value.expectation), or null", .value(value?.node))
    }

    /// Reads a path that may be absent or null, and takes it from the configuration's folder where it is relative.
    package mutating func readPath(_ key: String, into value: inout String?, _ meaning: String) throws {
        value = try statedPath(key) ?? value.map(absolute)
        record(key, meaning, takes: "a path, or null", .value(value?.node))
    }

    /// Reads a path that has a default, and takes it from the configuration's folder where it is relative.
    package mutating func readPath(_ key: String, into value: inout String, _ meaning: String) throws {
        value = try statedPath(key) ?? absolute(value)
        record(key, meaning, takes: "a path", .value(value.node))
    }

    // MARK: - Lists

    /// Reads a list of choices; the word `all` stands for every one.
    package mutating func readList<Choice: ConfigurationValue & CaseIterable>(
        _ key: String, into values: inout [Choice], _ meaning: String
    ) throws {
        if let node = mapping[key] {
            if node.scalar?.string == "all" {
                values = Array(Choice.allCases)
            } else {
                values = try elements(of: node, key: key).map { try value($0.node, path: $0.path) }
            }
        }
        record(
            key, meaning, takes: "the word all, or a list with each \(Choice.expectation)",
            .value(.sequence(Node.Sequence(values.map(\.node)))))
    }

    /// Reads a list of values, each within bounds.
    package mutating func readList<Value: ConfigurationValue & Comparable>(
        _ key: String, into values: inout [Value], in bounds: ClosedRange<Value>, _ meaning: String
    ) throws {
        if let node = mapping[key] {
            values = try elements(of: node, key: key).map { try value($0.node, path: $0.path, in: bounds) }
        }
        record(
            key, meaning, takes: "a list with each \(bounds.words)",
            .value(.sequence(Node.Sequence(values.map(\.node)))))
    }

    // MARK: - Sections

    /// Reads a section.
    package mutating func readSection<Section: ConfigurationSection>(
        _ key: String, into section: inout Section, _ meaning: String
    ) throws {
        let entries = try read(&section, node: mapping[key] ?? [:], path: path(of: key))
        record(key, meaning, .section(entries, isPresent: true))
    }

    /// Reads a section that may be absent or null.
    ///
    /// - Parameter defaults: what a section that is present begins with.
    package mutating func readSection<Section: ConfigurationSection>(
        _ key: String, into section: inout Section?, defaults: Section = Section(), _ meaning: String
    ) throws {
        let stated = mapping[key].flatMap { $0.null == nil ? $0 : nil }
        let isPresent = stated != nil || section != nil
        var content = section ?? defaults
        let entries: [ConfigurationEntry]
        if isPresent {
            entries = try read(&content, node: stated ?? [:], path: path(of: key))
            section = content
        } else {
            entries = try example(of: &content, path: path(of: key))
        }
        record(key, meaning, .section(entries, isPresent: isPresent))
    }

    /// Reads a list of sections; a list in the file replaces the one so far.
    package mutating func readSections<Section: ConfigurationSection>(
        _ key: String, into sections: inout [Section], _ meaning: String
    ) throws {
        var elements = sections.indices.map { (node: [:] as Node, path: "\(path(of: key))[\($0)]") }
        if let node = mapping[key] {
            elements = try self.elements(of: node, key: key)
            sections = elements.map { _ in Section() }
        }
        let entries = try sections.indices.map { index in
            try read(&sections[index], node: elements[index].node, path: elements[index].path)
        }
        var section = Section()
        record(key, meaning, .sections(entries, example: try example(of: &section, path: "\(path(of: key))[0]")))
    }

    private mutating func record(
        _ key: String, _ meaning: String, takes values: String? = nil, _ content: ConfigurationEntry.Content
    ) {
        let explanation = "\(meaning)\(values.map { " (\($0))" } ?? "")."
        entries.append(ConfigurationEntry(key: key, explanation: explanation, content: content))
    }
}

extension ClosedRange {
    /// The bounds, without the decimals of whole numbers.
    fileprivate var words: String {
        "\(lowerBound) to \(upperBound)".replacing(/\.0\b/, with: "")
    }
}

// MARK: - Nodes

extension SectionReader {
    private func path(of key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }

    /// The path that the file states, from the configuration's folder where it is relative; nil where it states none.
    private func statedPath(_ key: String) throws -> String? {
        guard let node = mapping[key], node.null == nil else { return nil }
        let text: String = try value(node, path: path(of: key))
        guard !text.isEmpty else { throw refusal(key, "the path is empty; give one or remove the key") }
        return absolute(text)
    }

    private func absolute(_ path: String) -> String {
        guard let directory = source.directory else { return path }
        return URL(fileURLWithPath: path, relativeTo: directory).standardizedFileURL.path
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

    /// Reads a section from a node of its own and returns its entries.
    private func read<Section: ConfigurationSection>(
        _ section: inout Section, node: Node, path: String
    ) throws -> [ConfigurationEntry] {
        var reader = try SectionReader(source, path: path, node: node)
        try reader.readAll(into: &section)
        return reader.entries
    }

    /// The entries of a section that is not there: nothing is asked of its values.
    private func example<Section: ConfigurationSection>(
        of section: inout Section, path: String
    ) throws -> [ConfigurationEntry] {
        var reader = try SectionReader(source, path: path, node: [:])
        try section.read(from: &reader)
        return reader.entries
    }
}

// MARK: - Errors

extension SectionReader {
    /// An error about `key`, in words that say what to do.
    package func refusal(_ key: String, _ text: String) -> ConfigurationError {
        error(mapping[key] ?? node, path: path(of: key), .conflict(text))
    }

    private func refuseUnknownKeys() throws {
        let known = entries.map(\.key)
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

    private func mistyped(_ node: Node, path: String, expected: String) -> ConfigurationError {
        error(node, path: path, .mistyped(expected: expected, found: node.found))
    }

    private func error(
        _ node: Node, path: String, _ problem: ConfigurationError.Problem
    ) -> ConfigurationError {
        ConfigurationError(place: source.place(of: node, at: path), path: path, problem: problem)
    }
}

extension Node {
    /// What an error message says was found.
    var found: String {
        switch self {
        case .mapping: "keys with values"
        case .sequence: "a list"
        case .scalar, .alias: null == nil ? "\"\(scalar?.string ?? "")\"" : "nothing"
        }
    }
}
