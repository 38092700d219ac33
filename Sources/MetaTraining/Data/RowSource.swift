import BenchmarkData
import TestTimeLearning

/// The rows of a file, in the order in which training takes them: shuffled, each once before any comes again.
struct RowSource {
    let file: RowFile
    private let order: RowOrder
    private let badRows: BadRows
    private let report: @Sendable (String) -> Void

    /// - Parameter report: told of each row that is left out.
    init(_ file: RowFile, seed: UInt64, badRows: BadRows, report: @escaping @Sendable (String) -> Void) {
        self.file = file
        order = RowOrder(count: file.count, seed: seed)
        self.badRows = badRows
        self.report = report
    }

    /// What `make` makes of the next row that can be used.
    ///
    /// - Parameter drawn: the number of rows taken so far; those that are left out count.
    /// - Throws: `RowError` that names the row, where bad rows end the run or no row of the file can be used.
    func next(
        drawn: inout Int, _ make: (QADocument) throws -> TrainingData.Example
    ) throws -> TrainingData.Example {
        for _ in 0..<file.count {
            let index = order.index(ofDraw: drawn)
            drawn += 1
            let made = Result { try file.row(at: index, make) }
            if badRows == .skip, case .failure(let error) = made {
                report("left out \(error)")
            } else {
                return try made.get()
            }
        }
        throw RowError(file: file.path, line: nil, reason: "none of the \(file.count) rows can be used")
    }
}
