import Foundation
import LanguageModel
import ModelFiles
import PERKModel
import Tensors
import TestTimeLearning

/// A checkpoint that a run cannot be resumed from.
public struct TrainingCheckpointError: Error, CustomStringConvertible {
    public let file: String
    public let problem: String

    public var description: String { "\(file): \(problem)" }
}

/// The checkpoints of a run: `checkpoint-STEP/`, each a complete model directory with the optimizer's moments and the
/// run's state beside it, `latest`, which names the one to resume from, and `best`, which names the one of the best
/// evaluation where there was any.
///
/// A checkpoint is written under another name and then renamed, `latest` is replaced only afterwards, then `best`, and
/// only then are older ones removed. So whatever moment the process ends at, both name a whole one; what remains to be
/// done is done with the next. The checkpoint that `latest` names is never written again.
public struct TrainingCheckpoint: Sendable {
    public let model: AnsweringModel
    let optimizer: OuterOptimizer<Float>
    /// That of ranks which take steps of their own; `nil` elsewhere.
    let outerMomentum: MetaParameters<Tensor<Float>>?
    public let state: TrainingState

    /// What of the base weights the optimizer covers in meta-training.
    let base: TrainedBase
    /// What the optimizer covers.
    var trained: TrainedParameters { Self.trained(in: state.phase, base: base) }
    /// The names of the parameters that it covers.
    var parameterNames: MetaParameters<String> { model.learned.parameterNames(trained) }

    private static func trained(in phase: TrainingState.Phase, base: TrainedBase) -> TrainedParameters {
        phase == .base ? .baseModel : .meta(base: base)
    }

    /// Writes the checkpoint below a run's directory, and removes those that need not stay.
    func write(below directory: String, retention: CheckpointRetention = CheckpointRetention()) throws {
        let root = URL(fileURLWithPath: directory)
        let name = Self.name(state.step)
        let previous = try RunFolder(path: directory).latest()
        if previous != name {
            let unfinished = root.appending(path: "\(name).unfinished")
            try? FileManager.default.removeItem(at: unfinished)
            try writeContents(to: unfinished, besides: previous.map { root.appending(path: $0) })
            if FileManager.default.fileExists(atPath: root.appending(path: name).path) {
                try FileManager.default.removeItem(at: root.appending(path: name))
            }
            try FileManager.default.moveItem(at: unfinished, to: root.appending(path: name))
            try replaceFile(at: root.appending(path: "latest").path, with: [Data(name.utf8)])
        }
        try nameBest(below: root)
        try removeOthers(below: root, retention: retention)
    }

    /// The name of the checkpoint after a step.
    static func name(_ step: Int) -> String { "checkpoint-\(step)" }

    private func writeContents(to folder: URL, besides previous: URL?) throws {
        try model.write(to: folder.path, besides: previous?.path)
        let moments = parameterNames.zip(optimizer.m.zip(optimizer.v)).values.flatMap { name, moments in
            [SafeTensorsTensor(name: "m.\(name)", moments.0), SafeTensorsTensor(name: "v.\(name)", moments.1)]
        }
        let outerMoments =
            outerMomentum.map(parameterNames.zip)?.values.map {
                SafeTensorsTensor(name: "outer.\($0)", $1)
            } ?? []
        try SafeTensorsWriter(tensors: moments + outerMoments, metadata: ["updates": String(optimizer.updates)])
            .write(to: folder.appending(path: "optimizer.safetensors").path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try replaceFile(at: folder.appending(path: "state.json").path, with: [try encoder.encode(state)])
    }

    /// Makes `best` say what the state does. The best checkpoint is missing where somebody went back to one from before
    /// it was surpassed; there is no `best` then until the next evaluation that is better.
    private func nameBest(below root: URL) throws {
        let file = root.appending(path: "best")
        let name = state.best.map { Self.name($0.step) }
        if let name, FileManager.default.fileExists(atPath: root.appending(path: name).path) {
            if (try? Data(contentsOf: file)) == Data(name.utf8) { return }
            try replaceFile(at: file.path, with: [Data(name.utf8)])
        } else if FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    private func removeOthers(below root: URL, retention: CheckpointRetention) throws {
        let files = FileManager.default
        let names = try files.contentsOfDirectory(atPath: root.path)
        let steps = names.compactMap { $0.wholeMatch(of: /checkpoint-([0-9]+)/).flatMap { Int($0.1) } }
        let kept = retention.kept(of: steps, at: state.step, best: state.best?.step).map(Self.name)
        for name in names where name.wholeMatch(of: /checkpoint-[0-9]+/) != nil && !kept.contains(name) {
            // Without its name first, for half a checkpoint must not look like a whole one.
            let unfinished = root.appending(path: "\(name).unfinished")
            try? files.removeItem(at: unfinished)
            try files.moveItem(at: root.appending(path: name), to: unfinished)
        }
        // A file that was being replaced when a process ended has a hidden name.
        let unfinished = /checkpoint-[0-9]+\.unfinished|\.(latest|best|resolved\.yaml)\..+/
        for name in try files.contentsOfDirectory(atPath: root.path) where name.wholeMatch(of: unfinished) != nil {
            try files.removeItem(at: root.appending(path: name))
        }
    }

    /// The newest checkpoint of a run; `nil` if it has none yet.
    ///
    /// - Parameter base: what is trained of a base model with so many layers.
    /// - Throws: an error naming the damaged file.
    init?(latestBelow directory: String, base: (_ layers: Int) throws -> TrainedBase) throws {
        let root = URL(fileURLWithPath: directory)
        guard let name = try RunFolder(path: directory).latest() else { return nil }
        let folder = root.appending(path: name)
        model = try AnsweringModel(path: folder.path)
        self.base = try base(model.learned.configuration.layers)
        let stateFile = folder.appending(path: "state.json")
        do {
            state = try JSONDecoder().decode(TrainingState.self, from: Data(contentsOf: stateFile))
        } catch {
            throw TrainingCheckpointError(
                file: stateFile.path, problem: "cannot be read (\(error)): begin a new run")
        }
        let file = try SafeTensorsFile(path: folder.appending(path: "optimizer.safetensors").path)
        guard let updates = file.metadata["updates"].flatMap({ Int($0) }) else {
            throw TrainingCheckpointError(
                file: file.file, problem: "the number of updates is missing: begin a new run")
        }
        let trained = Self.trained(in: state.phase, base: self.base)
        let parameters = model.learned.parameterNames(trained).zip(model.learned.parameters(trained))
        func moments(_ prefix: String) throws -> MetaParameters<Tensor<Float>> {
            try parameters.map { try file.tensor("\(prefix).\($0)", shape: $1.shape) }
        }
        optimizer = OuterOptimizer(m: try moments("m"), v: try moments("v"), updates: updates)
        outerMomentum = file.names.contains { $0.hasPrefix("outer.") } ? try moments("outer") : nil
    }

    init(
        model: AnsweringModel, optimizer: OuterOptimizer<Float>, outerMomentum: MetaParameters<Tensor<Float>>? = nil,
        state: TrainingState, base: TrainedBase
    ) {
        (self.model, self.optimizer, self.state, self.base) = (model, optimizer, state, base)
        self.outerMomentum = outerMomentum
    }
}

/// Which checkpoints of a run stay when a new one has been written.
///
/// Only those at intervals count as older ones: a run that was interrupted in between, which wrote one more, is left
/// with the same checkpoints as a run that was not.
struct CheckpointRetention {
    /// How many of the newest stay, the new one among them.
    var newest = 1
    /// The number of steps between two checkpoints.
    var interval = 1

    /// The steps, of those in `steps`, whose checkpoints stay beside the new one at `step` and the best one.
    ///
    /// Later steps than the new one belong to an end that the run was not resumed from.
    func kept(of steps: some Sequence<Int>, at step: Int, best: Int?) -> Set<Int> {
        let older = steps.filter { $0 < step && $0.isMultiple(of: interval) }.sorted(by: >)
        return Set(older.prefix(newest - 1) + [step] + (best.map { [$0] } ?? []))
    }
}
