import Foundation
import Testing

@testable import MetaTraining

@Suite struct MetricsLogTests {
    private struct Figures: Encodable {
        var loss: Double
        var stage = "bind/1"
        var accuracy: [String: Double]?
    }

    private func withPath(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func contents(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    /// Writes the steps as a run would, resuming after `resumed`.
    private func run(_ steps: ClosedRange<Int>, path: String, resumingAfter resumed: Int? = nil) throws {
        let log = try MetricsLog(path: path, resumingAfter: resumed)
        for step in steps {
            try log.append(step: step, Figures(loss: 1 / Double(step)))
        }
    }

    @Test func linesAreFlatObjectsWithTheStep() throws {
        try withPath { path in
            let log = try MetricsLog(path: path)
            try log.append(step: 1, Figures(loss: 0.5))
            #expect(try contents(path) == "{\"loss\":0.5,\"stage\":\"bind/1\",\"step\":1}\n")
            try log.append(step: 2, Figures(loss: .nan, accuracy: ["4": 0.25]))
            #expect(
                try contents(path).hasSuffix(
                    "\n{\"accuracy\":{\"4\":0.25},\"loss\":\"nan\",\"stage\":\"bind/1\",\"step\":2}\n"))
        }
    }

    @Test(arguments: [0, 1, 7, 10])
    func resumedRunLeavesTheSameFile(checkpoint: Int) throws {
        try withPath { path in
            try run(1...20, path: path)
            let whole = try contents(path)
            try run(1...10, path: path)
            try run(checkpoint + 1...20, path: path, resumingAfter: checkpoint)
            #expect(try contents(path) == whole)
        }
    }

    @Test func lineThatWasCutOffIsDropped() throws {
        try withPath { path in
            try run(1...5, path: path)
            let whole = try contents(path)
            try Data(whole.utf8.dropLast(3)).write(to: URL(fileURLWithPath: path))
            try run(5...5, path: path, resumingAfter: 4)
            #expect(try contents(path) == whole)
            // The same where the cut-off step is the one to resume after: its line is lost, the rest is kept.
            try Data(whole.utf8.dropLast(3)).write(to: URL(fileURLWithPath: path))
            _ = try MetricsLog(path: path, resumingAfter: 5)
            #expect(try contents(path).split(separator: "\n").count == 4)
        }
    }

    @Test func newRunBeginsAnew() throws {
        try withPath { path in
            try run(1...5, path: path)
            try run(1...1, path: path)
            #expect(try contents(path).split(separator: "\n").count == 1)
        }
    }

    @Test func foreignLinesAreNamed() throws {
        try withPath { path in
            try Data("{\"step\":1}\nnotes\n{\"step\":2}\n".utf8).write(to: URL(fileURLWithPath: path))
            let failure = #expect(throws: MetricsLogError.self) { try MetricsLog(path: path, resumingAfter: 2) }
            #expect(failure?.description.contains("line 2") == true)
            #expect(try contents(path).contains("notes"))
        }
    }

    @Test func missingFoldersAreNamed() {
        let failure = #expect(throws: MetricsLogError.self) { try MetricsLog(path: "/no/such/metrics.jsonl") }
        #expect(failure?.path == "/no/such/metrics.jsonl")
    }
}
