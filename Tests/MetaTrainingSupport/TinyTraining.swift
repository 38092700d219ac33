import Foundation
import MetaTraining

/// A run of nine steps over a change from base to meta training and a change of stage, each step taking milliseconds.
package enum TinyTraining {
    package static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    package static let stepCount = 9

    package static let yaml = """
        seed: 3
        threads: 1
        tokenizer: \(fixtures.path)/tokenizer-test/test.model
        model: {width: 16, layers: 1, heads: 2, intermediateWidth: 24}
        adapter: {rank: 2, alpha: 2}
        weighter: {hiddenWidth: 4}
        inner: {steps: 2, microBatchTokens: 128}
        base: {steps: 3, batch: 2, warmUpSteps: 2, documents: {maximumPeople: 2, questionsPerDocument: 1}}
        meta: {tasksPerStep: 2, tasksPerPass: 1, warmUpSteps: 2, trainBase: true}
        curriculum:
          - {name: one, innerSteps: 1, maximumSteps: 3, documents: {factsPerEntity: 1, questionsPerDocument: 2}}
          - {name: two, maximumSteps: 3, documents: {minimumPeople: 1, factsPerEntity: 1, questionsPerDocument: 2}}
        evaluation: {interval: 2, documents: 1, people: [1]}
        parallel: {}
        output: {directory: run, checkpointInterval: 2}
        """

    /// - Parameter changes: lines of the configuration that are replaced, by the keys that they begin with.
    package static func configuration(
        in directory: URL = FileManager.default.temporaryDirectory, changes: [String: String] = [:]
    ) throws -> TrainingConfiguration {
        try TrainingConfiguration(yaml: yaml(changes: changes), file: "train.yaml", directory: directory)
    }

    package static func yaml(changes: [String: String] = [:]) -> String {
        yaml.split(separator: "\n").map { line in
            changes.first { line.hasPrefix($0.key + ":") }.map { "\($0.key): \($0.value)" } ?? String(line)
        }.joined(separator: "\n")
    }
}

/// A folder that is removed when the last reference to it goes.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("training-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// The bytes of every file below a folder, by its path there.
    package func files(below name: String) throws -> [String: Data] {
        let root = url.appendingPathComponent(name)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return try Dictionary(
            uniqueKeysWithValues: paths.filter { path in
                var isDirectory: ObjCBool = false
                let exists = FileManager.default.fileExists(
                    atPath: root.appendingPathComponent(path).path, isDirectory: &isDirectory)
                return exists && !isDirectory.boolValue
            }.map { ($0, try Data(contentsOf: root.appendingPathComponent($0))) })
    }
}
