/// Which layers of a model are adapted, as people write it: `all`, `top 8`, or `22..29` with both ends counted from 0.
public enum LayerSelection: Equatable, Sendable {
    case all
    /// The last so many.
    case top(Int)
    case range(ClosedRange<Int>)

    /// Reads `all`, `top 8` or `22..29`; `nil` where the text is none of these.
    public init?(_ text: String) {
        if text == "all" {
            self = .all
        } else if let match = text.wholeMatch(of: /top +([0-9]+)/), let count = Int(match.1), count >= 1 {
            self = .top(count)
        } else if let match = text.wholeMatch(of: /([0-9]+)\.\.([0-9]+)/), let first = Int(match.1),
            let last = Int(match.2), first <= last
        {
            self = .range(first...last)
        } else {
            return nil
        }
    }

    /// The layers of a model that has `count` of them.
    ///
    /// - Throws: `AdapterLayoutError` where it has not so many.
    public func resolved(layers count: Int) throws(AdapterLayoutError) -> [Int] {
        switch self {
        case .all: return Array(0..<count)
        case .top(let top) where top <= count: return Array(count - top..<count)
        case .range(let range) where range.upperBound < count: return Array(range)
        default:
            throw AdapterLayoutError(
                problem: "layers \(self), but the model has \(count): name some of 0..\(count - 1)")
        }
    }
}

extension LayerSelection: CustomStringConvertible {
    public var description: String {
        switch self {
        case .all: "all"
        case .top(let count): "top \(count)"
        case .range(let range): "\(range.lowerBound)..\(range.upperBound)"
        }
    }
}

/// An adapter that its model has no place for.
public struct AdapterLayoutError: Error, Equatable, Sendable, CustomStringConvertible {
    public let problem: String

    public var description: String { "adapter: \(problem)" }
}
