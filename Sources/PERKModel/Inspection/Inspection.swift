import ModelFiles

/// What lies at a path: the settings and tensors of a model, a checkpoint or an adapter, whether or not this program can
/// run it.
public struct Inspection: Sendable {
    public enum Kind: String, Sendable {
        case model
        case metaTrainedModel = "meta-trained model"
        case trainingCheckpoint = "training checkpoint"
        case adapter
        /// Tensors without settings that would say what they are.
        case tensors
    }

    /// The settings that one file holds.
    public struct Settings: Equatable, Sendable {
        /// The file's name, or where in a file the settings are.
        public let source: String
        public let values: [String: SettingValue]
    }

    /// What was found: the path that was asked for or, of a training run's folder, that of its latest checkpoint.
    public let path: String
    public let kind: Kind
    public let files: [TensorFile]
    public let settings: [Settings]
    /// The adapter, where there is one: by itself, or where a meta-trained model begins to learn.
    public let adapter: AdapterSummary?
    /// A meta-trained model's rates, of each inner step in turn.
    public let learnedRates: [LearnedRates]
    /// Why this program cannot run the model; `nil` where it can, and where there is no model. Whether the numbers of the
    /// weights are finite is not looked at.
    public let problem: String?

    init(
        path: String, kind: Kind, files: [TensorFile], settings: [Settings], adapter: AdapterSummary? = nil,
        learnedRates: [LearnedRates] = [], problem: String? = nil
    ) {
        self.path = path
        self.kind = kind
        self.files = files
        // What a file of tensors says of itself comes after the files that are there for it.
        let described = files.filter { !$0.settings.isEmpty }
        self.settings = settings + described.map { Settings(source: "\($0.name), metadata", values: $0.settings) }
        self.adapter = adapter
        self.learnedRates = learnedRates
        self.problem = problem
    }
}

/// Nothing that can be inspected.
public struct InspectionError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "\(path): \(problem)" }
}

extension TensorFile {
    /// The file's name without its folder.
    public var name: String { String(file.split(separator: "/").last ?? "") }

    /// The settings beside the tensors.
    var settings: [String: SettingValue] {
        switch self {
        case .gguf(let file): file.metadata.mapValues { SettingValue($0) }
        case .safeTensors(let file): file.metadata.mapValues { .text($0) }
        }
    }
}
