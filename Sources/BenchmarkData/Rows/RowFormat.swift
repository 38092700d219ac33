import StrictJSON

/// A format that rows of data sets are read from.
///
/// A further format is a file of its own, with the format's constant and its reader, and a line of `allCases`, the more
/// particular ones first.
public struct RowFormat: Registered {
    public static let allCases: [RowFormat] = [
        .perkBabilong, .studentRecords, .longGorilla, .babi, .babilong, .ruler, .longBench, .longBenchV2, .hotpotQA,
        .squad, .squadRows, .needle, .plain,
    ]

    public let rawValue: String
    /// The members that a row of the format has, each with the names it may go by; `answers.text` is a member of a member.
    /// Empty: no rows of JSON.
    private let members: [[String]]
    /// The rule that the benchmark itself scores the answers of a task or data set by; `nil` where it needs more than is
    /// here.
    public let metric: @Sendable (_ task: String?) -> Metric?
    private let read: @Sendable (RowObject) throws(RowFault) -> QADocument

    /// - Parameter read: makes the document of a row.
    init(
        _ name: String, members: [[String]], metric: @escaping @Sendable (_ task: String?) -> Metric?,
        read: @escaping @Sendable (RowObject) throws(RowFault) -> QADocument
    ) {
        (rawValue, self.members, self.metric, self.read) = (name, members, metric, read)
    }

    /// The document of a row of JSON.
    ///
    /// - Throws: `RowFault` where a member is missing, empty or of another type.
    public func document(of row: JSONTree) throws(RowFault) -> QADocument { try read(RowObject(row)) }

    /// The format that a row of JSON is in: of those whose members it all has, the one with the most.
    ///
    /// - Throws: `RowFault` that lists the row's members and says what it lacks for the format that is nearest, or, where
    ///   it has no member of any format, what the plainest has.
    public static func guess(from row: JSONTree) throws(RowFault) -> RowFormat {
        let object = try RowObject(row)
        let names = object.names + object.namesWithin
        let candidates = allCases.filter { !$0.members.isEmpty }.map { format in
            (format: format, lacking: format.members.filter { $0.allSatisfy { !names.contains($0) } })
        }
        // Of equals the first is kept; the more particular formats stand first.
        let fitting = candidates.filter(\.lacking.isEmpty).max {
            $0.format.members.count < $1.format.members.count
        }
        if let fitting { return fitting.format }
        let found = object.names.isEmpty ? "has no keys" : "has the keys " + listed(object.names)
        // Of equals the plainest, which stands last.
        let nearest = candidates.reversed().filter { $0.lacking.count < $0.format.members.count }.min {
            ($0.lacking.count, $1.format.members.count) < ($1.lacking.count, $0.format.members.count)
        }
        guard let nearest else {
            throw RowFault(
                "no format is known that \(found), and none has any of them; a plain row has "
                    + plain.members.map(\.quotedAlternatives).joined(separator: " and "))
        }
        throw RowFault(
            "no format is known that \(found); the nearest format is \(nearest.format.rawValue), which wants "
                + nearest.lacking.map(\.quotedAlternatives).joined(separator: " and ") + " too")
    }

    /// A few names, and each no longer than a line holds: they come from a foreign file.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(16).map { "\"\($0.prefix(32))\"" }.joined(separator: ", ")
        return names.count > 16 ? "\(shown) and \(names.count - 16) more" : shown
    }
}
