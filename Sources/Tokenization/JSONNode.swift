import StrictJSON

/// A JSON value together with the keys that lead to it, which messages name: "model.vocab".
struct JSONNode {
    let value: JSONTree
    let path: String

    /// How deeply a tokenizer's settings may be nested.
    private static let depthLimit = 64

    /// Reads the text of a file.
    ///
    /// - Throws: ``TokenizerFileFailure/damaged(_:)``.
    static func read(_ text: [UInt8]) throws(TokenizerFileFailure) -> JSONNode {
        do {
            return JSONNode(value: try JSONReader.read(text, depthLimit: depthLimit), path: "")
        } catch {
            throw .damaged("\(error)")
        }
    }

    var isNull: Bool {
        if case .null = value { true } else { false }
    }

    /// The member of an object.
    func member(_ name: String) throws -> JSONNode {
        guard let member = try optional(name) else { throw TokenizerFileFailure.damaged("\(child(name)) is missing") }
        return member
    }

    /// The member of an object, or nil where it is absent or null.
    func optional(_ name: String) throws -> JSONNode? {
        let found = try members().filter { $0.name.elementsEqual(name.utf8) }
        guard found.count < 2 else { throw TokenizerFileFailure.damaged("\(child(name)) occurs twice") }
        guard let value = found.first?.value else { return nil }
        let node = JSONNode(value: value, path: child(name))
        return node.isNull ? nil : node
    }

    /// Refuses an object with members that nothing here would read.
    func requireOnly(_ names: [String]) throws {
        for member in try members() where !names.contains(where: { member.name.elementsEqual($0.utf8) }) {
            let name = String(decoding: member.name.prefix(40), as: UTF8.self)
            throw TokenizerFileFailure.unsupported("\(child(name)) is not a known setting")
        }
    }

    func members() throws -> [JSONTree.Member] {
        guard case .object(let members) = value else { throw mismatch("an object") }
        return members
    }

    func elements() throws -> [JSONNode] {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        return elements.enumerated().map { JSONNode(value: $1, path: "\(path)[\($0)]") }
    }

    func bytes() throws -> ArraySlice<UInt8> {
        guard case .string(let bytes) = value else { throw mismatch("a string") }
        return bytes
    }

    func text() throws -> String {
        String(decoding: try bytes(), as: UTF8.self)
    }

    func boolean() throws -> Bool {
        guard case .boolean(let boolean) = value else { throw mismatch("true or false") }
        return boolean
    }

    func integer() throws -> Int {
        guard case .integer(let integer) = value else { throw mismatch("a whole number") }
        return integer
    }

    func mismatch(_ expected: String) -> TokenizerFileFailure {
        .damaged("\(path.isEmpty ? "the file" : path) is not \(expected)")
    }

    private func child(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}
