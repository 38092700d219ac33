/// Why no report could be made of a run.
struct RunReportError: Error, Equatable, CustomStringConvertible {
    let file: String
    /// Counted from 1.
    var line: Int?
    let problem: String

    var description: String { line.map { "\(file):\($0): \(problem)" } ?? "\(file): \(problem)" }
}
