import StrictJSON

/// The formats that rows of data sets are read from.
public enum RowFormat: String, CaseIterable, Sendable {
    /// PERK's BABILong: the context in segments, one question, the facts that support its answer.
    case perkBabilong = "perk-babilong"
    /// PERK's Student Records: a database of students and several questions about it.
    case studentRecords = "student-records"
    /// PERK's LongGorilla: descriptions of programming interfaces and a task for one of them.
    case longGorilla = "long-gorilla"
    /// The text files of bAbI 1.2: numbered statements with questions between them.
    case babi
    /// BABILong as Hugging Face has it: a text, a question and a word.
    case babilong
    /// RULER: a prompt that holds text and question, and what the answer must contain.
    case ruler
    case longBench = "longbench"
    case longBenchV2 = "longbench-v2"
    case hotpotQA = "hotpotqa"
    /// SQuAD 1.1 and 2.0: a row for each paragraph, with all its questions.
    case squad
    /// A text with a sentence hidden in it that answers the question.
    case needle = "niah"
    /// A context, a question and an answer, or several accepted ones.
    case plain

    /// The members that a row of the format has, each with the names it may go by. Empty: no rows of JSON.
    private var requirements: [[String]] {
        switch self {
        case .perkBabilong: [["context"], ["question"], ["answer"], ["support"]]
        case .studentRecords: [["database"], ["questions"]]
        case .longGorilla:
            [["context"], ["question", "prompt"], ["answer", "api_call"], ["location", "api_call"]]
        case .babi: []
        case .babilong: [["input"], ["question"], ["target"]]
        case .ruler: [["input"], ["outputs"]]
        case .longBench: [["input"], ["context"], ["answers"]]
        case .longBenchV2:
            [["context"], ["question"], ["choice_A"], ["choice_B"], ["choice_C"], ["choice_D"], ["answer"]]
        case .hotpotQA: [["context"], ["question"], ["answer"], ["supporting_facts"]]
        case .squad: [["context"], ["qas"]]
        case .needle: [["context", "haystack"], ["question", "retrieval_question"], ["needle"]]
        case .plain: [["context"], ["question"], ["answer", "answers"]]
        }
    }

    /// The format that a row of JSON is in: of those whose members it all has, the one with the most.
    ///
    /// - Throws: `RowFault` that lists the row's members and says what it lacks for the format that is nearest.
    public static func guess(from row: JSONTree) throws(RowFault) -> RowFormat {
        let names = try RowObject(row).names
        let lacking = allCases.filter { !$0.requirements.isEmpty }.map { format in
            (format: format, names: format.requirements.filter { $0.allSatisfy { !names.contains($0) } })
        }
        // Of equals the first is kept; the more particular formats stand first.
        let fitting = lacking.filter(\.names.isEmpty).max {
            $0.format.requirements.count < $1.format.requirements.count
        }
        if let fitting { return fitting.format }
        // Of equals the plainest, which stands last.
        let nearest = lacking.reversed().min {
            ($0.names.count, $1.format.requirements.count) < ($1.names.count, $0.format.requirements.count)
        }
        let found = names.isEmpty ? "has no keys" : "has the keys " + listed(names)
        let missing = nearest.map { nearest in
            "; the nearest format is \(nearest.format.rawValue), which wants "
                + nearest.names.map(\.quotedAlternatives).joined(separator: " and ") + " too"
        }
        throw RowFault("no format is known that \(found)\(missing ?? "")")
    }

    /// A few names, and each no longer than a line holds: they come from a foreign file.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(16).map { "\"\($0.prefix(32))\"" }.joined(separator: ", ")
        return names.count > 16 ? "\(shown) and \(names.count - 16) more" : shown
    }
}

extension BenchmarkRow {
    /// A row of JSON in a known format.
    ///
    /// - Throws: `RowFault` where a member is missing, empty or of another type.
    public init(_ row: JSONTree, format: RowFormat) throws(RowFault) {
        let object = try RowObject(row)
        switch format {
        case .perkBabilong: try self.init(perkBabilong: object)
        case .studentRecords: try self.init(studentRecords: object)
        case .longGorilla: try self.init(longGorilla: object)
        case .babi: throw RowFault("rows of babi are text, not JSON")
        case .babilong: try self.init(babilong: object)
        case .ruler: try self.init(ruler: object)
        case .longBench: try self.init(longBench: object)
        case .longBenchV2: try self.init(longBenchV2: object)
        case .hotpotQA: try self.init(hotpotQA: object)
        case .squad: try self.init(squad: object)
        case .needle: try self.init(needle: object)
        case .plain: try self.init(plain: object)
        }
    }
}
