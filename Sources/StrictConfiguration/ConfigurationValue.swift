import Yams

/// A value that stands behind a key of the configuration.
protocol ConfigurationValue {
    /// What an error message says was expected.
    static var expectation: String { get }
    /// The value that the node states, or nil where it states none of this type.
    init?(node: Node)
    /// The node that states the value.
    var node: Node { get }
}

extension Int: ConfigurationValue {
    static let expectation = "a whole number"
    init?(node: Node) {
        guard let value = node.int else { return nil }
        self = value
    }

    var node: Node { Node("\(self)", Tag(.int)) }
}

extension Double: ConfigurationValue {
    static let expectation = "a number"
    init?(node: Node) {
        guard let value = node.float else { return nil }
        self = value
    }

    var node: Node { Node("\(self)", Tag(.float)) }
}

extension Bool: ConfigurationValue {
    static let expectation = "true or false"
    init?(node: Node) {
        guard let value = node.bool else { return nil }
        self = value
    }

    var node: Node { Node("\(self)", Tag(.bool)) }
}

extension String: ConfigurationValue {
    static let expectation = "text"
    init?(node: Node) {
        guard node.null == nil, let value = node.scalar?.string else { return nil }
        self = value
    }

    /// The text, in quotation marks where it would otherwise be read as a number, a truth value or null.
    var node: Node { .scalar(represented()) }
}

/// A value that is one of a few words.
protocol ConfigurationChoice: ConfigurationValue, RawRepresentable<String>, CaseIterable {}

extension ConfigurationChoice {
    static var expectation: String {
        "one of \(allCases.map(\.rawValue).joined(separator: ", "))"
    }

    init?(node: Node) {
        guard let word = String(node: node) else { return nil }
        self.init(rawValue: word)
    }

    var node: Node { rawValue.node }
}
