/// Measurements in the text format that Prometheus reads (exposition format 0.0.4).
public struct PrometheusText: Sendable {
    /// What kind of measurement a family has.
    public enum Kind: String, Sendable {
        /// Only ever grows.
        case counter
        /// Goes up and down.
        case gauge
        /// How many observations were at most so large, for several bounds, with their number and sum.
        case histogram
    }

    /// One measurement.
    public struct Sample: Sendable {
        /// What follows the family's name: empty, or `_bucket`, `_sum` or `_count` in a histogram.
        public var suffix: String
        /// Names and values; a name is letters, digits and underscores.
        public var labels: [(name: String, value: String)]
        public var value: Double

        public init(_ value: Double, suffix: String = "", labels: [(name: String, value: String)] = []) {
            (self.suffix, self.labels, self.value) = (suffix, labels, value)
        }
    }

    /// The value of the header `Content-Type` that goes with it.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public private(set) var text = ""

    public init() {}

    /// Adds a family of measurements; nothing where it has none.
    ///
    /// - Parameters:
    ///   - name: Letters, digits and underscores, with its unit: `perk_cache_bytes`.
    ///   - help: What it measures.
    public mutating func add(_ name: String, _ kind: Kind, help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            text += "\(name)\(sample.suffix)\(list) \(Self.number(sample.value))\n"
        }
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        // By scalars: a line's end within a cluster ends the line all the same.
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: escaped.append(contentsOf: "\\\"".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }
}

/// Counts observations by how large they are.
public struct Histogram: Sendable, Equatable {
    /// Upper bounds, ascending; a last one without bound goes without saying.
    public let bounds: [Double]
    private var counts: [Int]
    private var sum = 0.0

    public init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    public mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// The samples of a family of the kind `histogram`, each with `labels`.
    public func samples(labels: [(name: String, value: String)] = []) -> [PrometheusText.Sample] {
        var total = 0
        var samples: [PrometheusText.Sample] = []
        for (count, bound) in zip(counts, bounds.map { "\($0)" } + ["+Inf"]) {
            total += count
            samples.append(.init(Double(total), suffix: "_bucket", labels: labels + [("le", bound)]))
        }
        samples.append(.init(sum, suffix: "_sum", labels: labels))
        samples.append(.init(Double(total), suffix: "_count", labels: labels))
        return samples
    }
}
