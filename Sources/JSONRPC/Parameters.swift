import PERKModel
import StrictConfiguration
import StrictJSON

/// The named parameters of one call, checked strictly as they are read.
///
/// `null` counts as absent. Every reader throws ``RPCError`` with code ``RPCError/Code/invalidParameters`` that names the parameter.
package struct Parameters: Sendable {
    private let values: JSONValue

    /// - Parameters:
    ///   - value: The request's `params`.
    ///   - accepted: The names that the method knows, any other being an error; nil accepts all.
    package init(_ value: JSONValue?, accepted: [String]?) throws(RPCError) {
        switch value {
        case nil, .array([]):
            values = [:]
        case .object(let members):
            for member in members {
                guard let accepted, !accepted.contains(member.name) else { continue }
                throw .invalid(member.name.shortened, Self.unknown(member.name, accepted: accepted))
            }
            values = .object(members)
        case .some(let other):
            throw RPCError(.invalidParameters, "params must be an object of named parameters, not \(other.kind)")
        }
    }

    private static func unknown(_ name: String, accepted: [String]) -> String {
        guard !accepted.isEmpty else { return "unknown parameter; this method takes none" }
        let guess = nearestName(to: name, among: accepted).map { "; did you mean \($0)?" } ?? ";"
        return "unknown parameter\(guess) Known: \(accepted.joined(separator: ", "))"
    }

    package func contains(_ name: String) -> Bool { value(name) != nil }

    private func value(_ name: String) -> JSONValue? {
        guard let value = values[name], value != .null else { return nil }
        return value
    }

    /// A string that must be given.
    package func text(_ name: String) throws(RPCError) -> String {
        guard let text = try optionalText(name) else { throw .invalid(name, "missing; give a string") }
        return text
    }

    package func optionalText(_ name: String) throws(RPCError) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else { throw .invalid(name, "must be a string, not \(value.kind)") }
        return text
    }

    package func optionalTexts(_ name: String) throws(RPCError) -> [String]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else {
            throw .invalid(name, "must be an array of strings, not \(value.kind)")
        }
        var texts: [String] = []
        for element in elements {
            guard case .string(let text) = element else {
                throw .invalid(name, "must hold strings alone, not \(element.kind)")
            }
            texts.append(text)
        }
        return texts
    }

    package func optionalObject(_ name: String) throws(RPCError) -> JSONValue? {
        guard let value = value(name) else { return nil }
        guard case .object = value else { throw .invalid(name, "must be an object, not \(value.kind)") }
        return value
    }

    package func optionalArray(_ name: String) throws(RPCError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw .invalid(name, "must be an array, not \(value.kind)") }
        return elements
    }

    package func optionalBoolean(_ name: String) throws(RPCError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .boolean(let boolean) = value else {
            throw .invalid(name, "must be true or false, not \(value.kind)")
        }
        return boolean
    }

    package func optionalInteger(_ name: String, in range: ClosedRange<Int>) throws(RPCError) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .integer(let integer) = value, range.contains(integer) else {
            throw .invalid(
                name,
                "must be an integer from \(range.lowerBound) to \(range.upperBound), not \(value.shortened)")
        }
        return integer
    }

    /// - Parameters:
    ///   - name: The parameter.
    ///   - accepted: The numbers that it may be, in words.
    ///   - isAccepted: Tells those numbers.
    package func optionalNumber(
        _ name: String, _ accepted: String, isAccepted: (Double) -> Bool
    ) throws(RPCError) -> Double? {
        guard let value = value(name) else { return nil }
        let number: Double? =
            switch value {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        guard let number, number.isFinite, isAccepted(number) else {
            throw .invalid(name, "must be a number \(accepted), not \(value.shortened)")
        }
        return number
    }
}

extension JSONValue {
    /// The value itself where it is a number, otherwise its kind.
    fileprivate var shortened: String {
        switch self {
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        default: kind
        }
    }
}

extension String {
    /// At most the first 60 characters, so that a message about a long name stays short.
    var shortened: String {
        count > 60 ? prefix(60) + "…" : self
    }
}
