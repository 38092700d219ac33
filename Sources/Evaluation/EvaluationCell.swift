import BenchmarkData
import PERKModel

/// Documents that are measured together: the first ones of one source.
public struct EvaluationCell: Sendable {
    public let source: any DocumentSource
    public let documents: Int

    /// - Parameter documents: how many are measured, at most.
    public init(_ source: any DocumentSource, documents: Int) {
        self.source = source
        self.documents = min(documents, source.count ?? documents)
    }

    /// The rows of a file that are left out, each with what is wrong with it.
    public var leftOutRows: [RowError] { (source as? FileSource)?.leftOut ?? [] }

    /// What people call the source; the cells of an evaluation have different names.
    public var name: String { source.label.name }

    /// What sets a cell apart in a report.
    public struct Place: Sendable, Hashable {
        public let name: String
        public let label: SourceLabel
        /// The questions that count; nil for all.
        public var group: QuestionGroup?
    }

    public var place: Place { Place(name: name, label: source.label) }

    /// The cell with the questions of a group alone: `facts, 8 people, unseen values`.
    func place(of group: QuestionGroup) -> Place {
        Place(name: "\(name), \(group.rawValue)", label: source.label, group: group)
    }
}

/// Two cells of an evaluation that go by one name.
public struct RepeatedCell: Error, Equatable, Sendable, CustomStringConvertible {
    public let name: String

    public var description: String { "\(name): is to be measured twice; name each kind of documents once" }
}

extension [EvaluationCell] {
    /// Checks that cells have different names and that their documents can be drawn.
    ///
    /// - Throws: `RepeatedCell`, or what drawing documents throws.
    func validate() throws {
        var names: Set<String> = []
        for cell in self {
            guard names.insert(cell.name).inserted else { throw RepeatedCell(name: cell.name) }
            _ = try cell.source.documents()
        }
    }
}

/// The documents of a cell, each with its worked examples and another document.
struct CellDocuments {
    private let cell: EvaluationCell
    private let shots: Int
    private let others: OtherDocuments?
    private let wantsOther: Bool
    private var documents: any DocumentStream
    private var drawn = 0
    private var previous: String?

    /// - Throws: what drawing documents throws; `TokenizationError`.
    init(
        _ cell: EvaluationCell, examples: (any DocumentSource)?, shots: Int, options: EvaluationOptions,
        model: AnsweringModel
    ) throws {
        (self.cell, self.shots) = (cell, shots)
        wantsOther = options.methods.contains { $0.needs == .otherDocument }
        others =
            shots == 0
            ? nil
            : try OtherDocuments(
                cell: cell, examples: examples, count: 1, shots: shots, seed: options.seed, model: model)
        documents = try cell.source.documents()
    }

    /// The next document; there are as many as the cell says.
    ///
    /// - Throws: an error for a document that cannot be drawn or read.
    mutating func next() throws -> DocumentAtWork {
        guard let document = try documents.next() else {
            preconditionFailure("\(cell.name) has fewer than \(cell.documents) documents")
        }
        drawn += 1
        let other = wantsOther ? try otherText(than: document.text) : nil
        previous = document.text
        return DocumentAtWork(
            document: document, examples: others?.examples(for: document, count: shots) ?? [], other: other,
            isOtherOfNext: wantsOther && cell.source.count == nil && drawn < cell.documents)
    }

    /// Another text of the cell; `nil` where there is none.
    ///
    /// Of documents that are drawn without end, each by itself, it is the one before, whose adapter is at hand. Neighbours
    /// in a file often come from one source, so there it is one half the cell away.
    private func otherText(than text: String) throws -> String? {
        guard cell.documents > 1 else { return nil }
        if cell.source.count != nil {
            for step in 0..<cell.documents {
                let place = (drawn - 1 + cell.documents / 2 + step) % cell.documents
                var rest = try cell.source.documents(from: place)
                if let other = try rest.next()?.text, other != text { return other }
            }
            return nil
        }
        if let previous { return previous == text ? nil : previous }
        var ahead = documents
        let following = try ahead.next()?.text
        return following == text ? nil : following
    }
}
