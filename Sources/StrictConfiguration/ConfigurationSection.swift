import Yams

/// A part of a configuration: its properties hold the defaults, and it reads each of its keys by name, saying what it
/// means.
package protocol ConfigurationSection: Equatable, Sendable {
    /// The section with every default.
    init()
    /// Replaces the values so far by what the file says. The reader records the result, which is how the section is
    /// written out again.
    mutating func read(from reader: inout SectionReader) throws
    /// Checks values against each other, once all of them are read.
    func validate(_ reader: SectionReader) throws
}

extension ConfigurationSection {
    package func validate(_ reader: SectionReader) throws {}
}

/// A key of a section once it is read: what it means, and what it ends up with.
package struct ConfigurationEntry {
    /// What stands behind a key.
    package enum Content {
        /// A value or a list of values, or none.
        case value(Node?)
        /// A section. One that is absent has the entries that it would have.
        case section([ConfigurationEntry], isPresent: Bool)
        /// A list of sections, and one with every default, which stands for them as a comment where the list is empty.
        case sections([[ConfigurationEntry]], example: [ConfigurationEntry])
    }

    package let key: String
    /// Sentences for the person who writes a configuration.
    package let explanation: String
    package let content: Content

    /// What stands behind the key; nil for nothing.
    package var node: Node? {
        switch content {
        case .value(let node): node
        case .section(let entries, let isPresent): isPresent ? entries.node : nil
        case .sections(let elements, _): .sequence(Node.Sequence(elements.map(\.node)))
        }
    }
}

extension [ConfigurationEntry] {
    /// The keys with their values; keys without a value are left out.
    package var node: Node {
        Node(compactMap { entry in entry.node.map { (Node(entry.key), $0) } })
    }

    /// YAML that states every key below a comment that explains it. Sections that are absent are comments throughout.
    /// - Throws: `YamlError` where a value cannot be written.
    package func commentedYAML() throws -> String {
        try map { try $0.commentedLines().map { "\($0)\n" }.joined() }.joined(separator: "\n")
    }
}

extension ConfigurationEntry {
    /// The keys at and below this one that have a value of their own, by their path from here, with the value as YAML. A list
    /// of sections is one value.
    package func leaves() throws -> [(key: String, value: String)] {
        if case .section(let entries, isPresent: true) = content {
            return try entries.flatMap { try $0.leaves() }.map { ("\(key).\($0.key)", $0.value) }
        }
        let text = try lines(of: node, key: key).joined(separator: " ")
        return [(key, String(text.dropFirst(key.count + 2)))]
    }

    fileprivate func commentedLines() throws -> [String] {
        let comment = lines(of: explanation, width: 110).map { "# \($0)" }
        switch content {
        case .value(let node):
            return try comment + lines(of: node, key: key)
        case .section(let entries, let isPresent):
            let lines = try ["\(key):"] + entries.flatMap { try $0.commentedLines() }.map { "  \($0)" }
            return comment + (isPresent ? lines : lines.map { "# \($0)" })
        case .sections(let elements, let example):
            let lines = try (elements.isEmpty ? [example] : elements).flatMap { entries in
                try ["  -"] + entries.flatMap { try $0.commentedLines() }.map { "    \($0)" }
            }
            return comment + (elements.isEmpty ? ["\(key): []"] + lines.map { "# \($0)" } : ["\(key):"] + lines)
        }
    }
}

/// A key with its value on a line.
private func lines(of node: Node?, key: String) throws -> [String] {
    guard var node else { return ["\(key): null"] }
    node.sequence?.style = .flow
    let text = try Yams.serialize(node: Node([(Node(key), node)]), width: -1)
    return text.split(separator: "\n").map(String.init)
}

/// The words of a text in lines of at most `width` characters, where no word is longer.
private func lines(of text: String, width: Int) -> [String] {
    text.split(separator: " ").reduce(into: []) { lines, word in
        if let last = lines.last, last.count + 1 + word.count <= width {
            lines[lines.count - 1] = "\(last) \(word)"
        } else {
            lines.append(String(word))
        }
    }
}
