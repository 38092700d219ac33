import Foundation
import LanguageModel
import ModelFiles
import StrictConfiguration

extension Inspection {
    /// Finds out what lies at `path`: a GGUF or safetensors file, an index of shards, or the directory of a model, of a
    /// PEFT adapter, of a training checkpoint or of a training run, of which the latest checkpoint is taken.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    public init(path: String) throws {
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        switch (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType {
        case .typeRegular: try self.init(file: path)
        case .typeDirectory: try self.init(directory: path)
        case nil:
            throw InspectionError(path: path, problem: "does not exist or cannot be looked at; check the path")
        default:
            throw InspectionError(path: path, problem: "is neither a file nor a directory; give one of these")
        }
    }

    private init(file path: String) throws {
        if path.hasSuffix(".safetensors.index.json") {
            let model = try SafeTensorsModel(index: path)
            self.init(path: path, kind: .tensors, files: model.shards.map { .safeTensors($0) }, settings: [])
        } else {
            switch try TensorFile(path: path) {
            case .gguf(let file): self.init(gguf: file, path: path)
            case let file: self.init(path: path, kind: .tensors, files: [file], settings: [])
            }
        }
    }

    private init(gguf file: GGUFFile, path: String) {
        if file.metadata["general.type"]?.string == "adapter" {
            let alpha = file.metadata["adapter.lora.alpha"]?.float
            self.init(
                path: path, kind: .adapter, files: [.gguf(file)], settings: [],
                adapter: AdapterSummary(alpha: alpha, rankStabilized: false, tensors: file.tensors))
        } else {
            self.init(
                path: path, kind: .model, files: [.gguf(file)], settings: [],
                problem: Self.failure { try AnsweringModel.check(path: path) })
        }
    }

    private init(directory path: String) throws {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: path))
        if names.isDisjoint(with: ["config.json", "perk.json"]), let latest = try RunFolder(path: path).latest() {
            try self.init(checkpointOrModel: "\(path)/\(latest)")
        } else if !names.isDisjoint(with: ["adapter_config.json", "adapter_model.safetensors"]),
            !names.contains("config.json")
        {
            try self.init(peft: path)
        } else {
            try self.init(checkpointOrModel: path)
        }
    }

    private init(peft path: String) throws {
        let settings = try SettingValue.object(at: "\(path)/adapter_config.json")
        let file = try SafeTensorsFile(path: "\(path)/adapter_model.safetensors")
        self.init(
            path: path, kind: .adapter, files: [.safeTensors(file)],
            settings: [Settings(source: "adapter_config.json", values: settings)],
            adapter: AdapterSummary(settings: settings, tensors: file.tensors),
            problem: Self.failure { try AdapterLayout.checkKind(peftDirectory: path) })
    }

    private init(checkpointOrModel path: String) throws {
        var files: [TensorFile]
        var settings: [Settings] = []
        func read(_ name: String) throws {
            settings.append(Settings(source: name, values: try SettingValue.object(at: "\(path)/\(name)")))
        }
        let hasBase = (try? PERKConfiguration(path: "\(path)/\(PERKConfiguration.fileName)"))?.base == nil
        let format = hasBase ? try PretrainedModel.Format(path: path) : nil
        // Where they cannot be told, the problem says why.
        let unused = format.flatMap { try? $0.unusedTensors() } ?? []
        switch format {
        case .huggingFace:
            try read("config.json")
            files = try SafeTensorsModel(folder: path).shards.map { .safeTensors($0) }
        case .gguf(let file): files = [.gguf(file)]
        case nil: files = []
        }
        let problem = Self.failure { try AnsweringModel.check(path: path) }
        guard AnsweringModel.isMetaTrained(path: path) else {
            self.init(
                path: path, kind: .model, files: files, settings: settings, unusedTensors: unused, problem: problem)
            return
        }
        try read(PERKConfiguration.fileName)
        let meta = try SafeTensorsFile(path: "\(path)/meta.safetensors")
        files.append(.safeTensors(meta))
        var adapter: AdapterSummary?
        if case .object(let keys) = settings.last?.values["adapter"] {
            adapter = AdapterSummary(settings: keys, tensors: meta.tensors)
        }
        let isCheckpoint = ["state.json", "optimizer.safetensors"].contains {
            FileManager.default.fileExists(atPath: "\(path)/\($0)")
        }
        if isCheckpoint {
            try read("state.json")
            files.append(.safeTensors(try SafeTensorsFile(path: "\(path)/optimizer.safetensors")))
        }
        self.init(
            path: path, kind: isCheckpoint ? .trainingCheckpoint : .metaTrainedModel, files: files, settings: settings,
            adapter: adapter, learnedRates: try LearnedRates.read(meta), unusedTensors: unused, problem: problem)
    }

    /// What loading complains of, if it does.
    private static func failure(_ load: () throws -> Void) -> String? {
        do {
            try load()
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension SettingValue {
    /// The object in a JSON file.
    ///
    /// - Throws: `InspectionError`.
    static func object(at path: String) throws -> [String: SettingValue] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw InspectionError(path: path, problem: "cannot be read (\(error.localizedDescription)); check the path")
        }
        do {
            return try JSONDecoder().decode([String: SettingValue].self, from: data)
        } catch {
            throw InspectionError(
                path: path, problem: "is not a JSON object; the file is damaged, fetch or write it again")
        }
    }
}

extension SettingValue {
    /// A value of GGUF's metadata; in words where there is nothing to express it by, as with arrays of arrays.
    init(_ value: GGUFValue) {
        func list<Element>(_ elements: [Element], _ make: (Element) -> SettingValue) -> SettingValue {
            value.count == nil ? make(elements[0]) : .list(elements.map(make))
        }
        if let texts = value.strings ?? value.string.map({ [$0] }) {
            self = list(texts) { .text($0) }
        } else if let integers = value.integers ?? value.integer.map({ [$0] }) {
            self = list(integers) { .integer($0) }
        } else if let numbers = value.floats ?? value.float.map({ [$0] }) {
            // The shortest decimals that mean the same number of 32 bits: 1e-05, not 9.999999747378752e-06.
            let isSingle = value.elementType == .float32
            self = list(numbers) { .number(isSingle ? Double("\(Float($0))") ?? $0 : $0) }
        } else if let bools = value.bools ?? value.bool.map({ [$0] }) {
            self = list(bools) { .boolean($0) }
        } else {
            self = .text(value.kind)
        }
    }
}
