import Foundation
import ModelFiles
import Tensors

/// An inspection with the choice of what to show of it.
public struct InspectionReport {
    let inspection: Inspection
    /// Whether the shown tensors are read.
    let statistics: Bool
    /// Whether the tensor of a name is shown.
    let shows: (String) -> Bool

    /// - Parameters:
    ///   - statistics: whether the shown tensors are read for the mean, spread and range of their numbers.
    ///   - shows: whether the tensor of a name is shown.
    public init(inspection: Inspection, statistics: Bool, shows: @escaping (String) -> Bool) {
        self.inspection = inspection
        self.statistics = statistics
        self.shows = shows
    }

    /// The tensors of all files.
    var all: [TensorDescription] { inspection.files.flatMap(\.tensors) }
}

extension [TensorDescription] {
    /// The number of numbers in all of them.
    var elementCount: Int { reduce(0) { $0 + $1.elementCount } }

    /// The bytes of all of them.
    var byteCount: Int { reduce(0) { $0 + $1.byteRange.count } }

    /// The number of tensors of each type, the most frequent first.
    var types: [(type: String, count: Int)] {
        Dictionary(grouping: self, by: \.type).map { (type: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.type) < ($0.count, $1.type) }
    }
}

extension InspectionReport {
    /// Writes the inspection for people, a line at a time, as the tensors are read.
    ///
    /// - Throws: what `write` throws, and the file's error where a tensor cannot be read.
    public func writeText(_ write: (String) throws -> Void) throws {
        try write("\(inspection.kind.rawValue): \(inspection.path.printable(limit: 1000))")
        for file in inspection.files {
            try write("  \(file.name.printable())  \(Self.size(file.byteCount))")
        }
        if let problem = inspection.problem {
            try write("  this program cannot use it: \(problem.printable(limit: 1000))")
        }
        if !inspection.unusedTensors.isEmpty {
            let names = inspection.unusedTensors.joined(separator: ", ")
            try write("  tensors that this program has no use for: \(names.printable(limit: 1000))")
        }
        try writeAdapter(write)
        for (index, settings) in inspection.settings.enumerated()
        // All shards of a model say the same of themselves.
        where !inspection.settings.prefix(index).contains(where: { $0.values == settings.values }) {
            try write("\n\(settings.source.printable())")
            try writeTable(SettingLine.lines(settings.values).map { [$0.key, $0.value] }, write)
        }
        try writeTensors(write)
        try write("")
        if inspection.files.count > 1 {
            for file in inspection.files { try write("\(file.name.printable()): \(Self.totals(file.tensors))") }
        }
        try write("total: \(Self.totals(all))")
    }

    private func writeAdapter(_ write: (String) throws -> Void) throws {
        if let adapter = inspection.adapter {
            try write("\nadapter")
            let figures: [(String, String?)] = [
                ("rank", adapter.rank.map(String.init)), ("alpha", adapter.alpha.map(Self.figure)),
                ("scale", adapter.scale.map(Self.figure)), ("targets", adapter.targets.joined(separator: ", ")),
                ("layers", Self.ranges(adapter.layers)),
            ]
            try writeTable(figures.map { [$0, ($1 ?? "differs").printable(limit: 500)] }, write)
        }
        guard !inspection.learnedRates.isEmpty else { return }
        try write("\nlearned rates")
        let rows = inspection.learnedRates.enumerated().map { step, rates in
            ["step \(step + 1)"] + [rates.mean, rates.minimum, rates.maximum].map(Self.figure)
        }
        try writeTable([["", "mean", "minimum", "maximum"]] + rows, write)
    }

    private func writeTensors(_ write: (String) throws -> Void) throws {
        let heading = ["name", "type", "shape", "bytes"]
        let figures = ["mean", "deviation", "minimum", "maximum", "not finite"]
        for file in inspection.files {
            let shown = file.tensors.filter { shows($0.name) }
            guard !shown.isEmpty else { continue }
            try write("\n\(inspection.files.count > 1 ? "tensors of \(file.name.printable())" : "tensors")")
            let cells = shown.map { [$0.name.printable(), $0.type, "\($0.shape)", String($0.byteRange.count)] }
            let widths = Self.widths([heading] + cells)
            func line(_ row: [String], _ figures: [String]) -> String {
                let bytes = String(repeating: " ", count: widths[3] - row[3].count) + row[3]
                let columns = zip(row.dropLast(), widths).map { $0.padded(to: $1) } + [bytes]
                return "  " + (columns + figures.map { $0.padded(to: 11) }).joined(separator: "  ").trimmedEnd
            }
            try write(line(heading, statistics ? figures : []))
            for (tensor, row) in zip(shown, cells) {
                try write(line(row, statistics ? Self.figures(try file.statistics(of: tensor.name)) : []))
            }
        }
    }

    /// Rows in columns as wide as their widest cell, the last of them as it is.
    private func writeTable(_ rows: [[String]], _ write: (String) throws -> Void) throws {
        let widths = Self.widths(rows)
        for row in rows {
            try write("  " + zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmedEnd)
        }
    }

    private static func widths(_ rows: [[String]]) -> [Int] {
        (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    }

    private static func figures(_ numbers: ElementStatistics?) -> [String] {
        guard let numbers else { return Array(repeating: "-", count: 5) }
        let values = [
            numbers.mean, numbers.standardDeviation, Double(numbers.minimum), Double(numbers.maximum),
        ]
        return values.map { numbers.finiteCount == 0 ? "-" : figure($0) } + [String(numbers.nonFiniteCount)]
    }

    static func figure(_ value: Double) -> String { String(format: "%.5g", value) }

    static func size(_ bytes: Int) -> String {
        let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        guard let (unit, factor) = units.first(where: { Double(bytes) >= $0.1 }) else { return "\(bytes) bytes" }
        return "\(bytes) bytes (\(String(format: "%.1f", Double(bytes) / factor)) \(unit))"
    }

    private static func totals(_ tensors: [TensorDescription]) -> String {
        let types = tensors.types.map { "\($0.count) \($0.type)" }.joined(separator: ", ")
        return "\(tensors.count) tensors\(types.isEmpty ? "" : " (\(types))"), \(tensors.elementCount) parameters, "
            + size(tensors.byteCount)
    }

    /// Ascending numbers with runs drawn together: `0..3, 7`.
    static func ranges(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound == number - 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
            .joined(separator: ", ")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
