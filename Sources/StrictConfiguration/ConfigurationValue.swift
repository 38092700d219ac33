import Yams

/// A value that stands behind a key of the configuration.
package protocol ConfigurationValue {
    /// What an error message says was expected.
    static var expectation: String { get }
    /// The value that the node states, or nil where it states none of this type.
    init?(node: Node)
    /// The node that states the value.
    var node: Node { get }
}

extension Int: ConfigurationValue {
    package static let expectation = "a whole number"
    package init?(node: Node) {
        guard let value = node.int else { return nil }
        self = value
    }

    package var node: Node { Node("\(self)", Tag(.int)) }
}

extension Double: ConfigurationValue {
    package static let expectation = "a number"
    package init?(node: Node) {
        guard let value = node.float else { return nil }
        self = value
    }

    package var node: Node { Node("\(self)", Tag(.float)) }
}

extension Bool: ConfigurationValue {
    package static let expectation = "true or false"
    package init?(node: Node) {
        guard let value = node.bool else { return nil }
        self = value
    }

    package var node: Node { Node("\(self)", Tag(.bool)) }
}

extension String: ConfigurationValue {
    package static let expectation = "text"
    package init?(node: Node) {
        guard node.null == nil, let value = node.scalar?.string else { return nil }
        self = value
    }

    /// The text, in quotation marks where it would otherwise be read as a number, a truth value or null.
    package var node: Node { .scalar(represented()) }
}

/// A value that is written as a text of its own.
package protocol ConfigurationText: ConfigurationValue {
    init?(text: String)
    var text: String { get }
}

extension ConfigurationText {
    package init?(node: Node) {
        guard let text = String(node: node) else { return nil }
        self.init(text: text)
    }

    package var node: Node { text.node }
}

/// A value that is one of a few words.
package protocol ConfigurationChoice: ConfigurationText, RawRepresentable<String>, CaseIterable {}

extension ConfigurationChoice {
    package static var expectation: String {
        "one of \(allCases.map(\.rawValue).joined(separator: ", "))"
    }

    package init?(text: String) { self.init(rawValue: text) }

    package var text: String { rawValue }
}
