import Foundation

/// The `adapter_config.json` of PEFT, as far as it bears on LoRA adapters of linear maps.
struct PEFTConfiguration: Codable, Equatable {
    var type = "LORA"
    var task: String? = "CAUSAL_LM"
    var baseModel: String?
    var rank: Int
    var alpha: Double
    var rankStabilized: Bool?
    /// The family's customary ones, as PEFT has them, where nothing is said.
    var targets: Targets?
    /// Of the targets, what stays as it is.
    var exclusions: Targets?
    var layers: Layers?
    /// Whether the base model holds its weights as [in, out]. The adapter's own are as always.
    var transposesBase: Bool?
    var bias: String? = "none"
    var dropout: Double? = 0

    enum CodingKeys: String, CodingKey {
        case type = "peft_type"
        case task = "task_type"
        case baseModel = "base_model_name_or_path"
        case rank = "r"
        case alpha = "lora_alpha"
        case rankStabilized = "use_rslora"
        case targets = "target_modules"
        case exclusions = "exclude_modules"
        case layers = "layers_to_transform"
        case transposesBase = "fan_in_fan_out"
        case bias
        case dropout = "lora_dropout"
    }

    /// The maps that are adapted: a list of names or ends of names, or one word.
    enum Targets: Codable, Equatable {
        case list([String])
        case word(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let word = try? container.decode(String.self) {
                self = .word(word)
            } else {
                self = .list(try container.decode([String].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .list(let names): try container.encode(names)
            case .word(let word): try container.encode(word)
            }
        }
    }

    /// The layers that are adapted: a list, or one number.
    struct Layers: Codable, Equatable {
        let numbers: [Int]

        init(_ numbers: [Int]) { self.numbers = numbers }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                numbers = [number]
            } else {
                numbers = try container.decode([Int].self)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(numbers)
        }
    }
}

extension PEFTConfiguration {
    /// Reads an `adapter_config.json`.
    ///
    /// - Throws: `AdapterFileError`.
    init(path: String) throws {
        func refusal(_ problem: String) -> AdapterFileError { AdapterFileError(file: path, problem: problem) }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw refusal("cannot be read (\(error.localizedDescription)): give the directory of a PEFT adapter")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
            if let problem = try JSONDecoder().decode(PEFTVariants.self, from: data).problem { throw refusal(problem) }
        } catch let error as AdapterFileError {
            throw error
        } catch DecodingError.keyNotFound(let key, _) {
            throw refusal("\(key.stringValue) is missing: this is not the configuration of a LoRA adapter")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw refusal(
                "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)")
        } catch {
            throw refusal("is not JSON, or holds a number that its key cannot have: the file is damaged")
        }
        try refuseNonsense(refusal)
    }

    /// The names of the maps of a family that are adapted, or ends of names; `nil` for all.
    ///
    /// - Throws: `AdapterFileError`, which names `file`.
    func targetNames(of family: ModelFamily, file: String) throws -> [String]? {
        try checkPatterns(file: file)
        let customary = Targets.list(family.definition.peftTargets.map(\.name))
        let targets: [String]? = if case .list(let names) = self.targets ?? customary { names } else { nil }
        guard case .list(let excluded) = exclusions, !excluded.isEmpty else { return targets }
        func isSelected(_ map: LinearMap, by names: [String]) -> Bool { names.contains { map.isSelected(by: $0) } }
        if let unknown = excluded.first(where: { name in !family.maps.contains { $0.isSelected(by: name) } }) {
            throw AdapterFileError(
                file: file,
                problem: "exclude_modules has \(unknown), which is no map of every layer of a \(family) model")
        }
        return family.maps.filter { map in
            targets.map { isSelected(map, by: $0) } ?? true && !isSelected(map, by: excluded)
        }.map(\.name)
    }

    /// Refuses patterns where names must stand.
    ///
    /// - Throws: `AdapterFileError`, which names `file`.
    func checkPatterns(file: String) throws {
        for (key, value) in [("target_modules", targets), ("exclude_modules", exclusions)] {
            if case .word(let word) = value, key == "exclude_modules" || word != "all-linear" {
                throw AdapterFileError(
                    file: file, problem: "\(key) is \"\(word)\": give a list of names instead of a pattern")
            }
        }
    }

    private func refuseNonsense(_ refusal: (String) -> AdapterFileError) throws {
        guard type == "LORA" else { throw refusal("peft_type is \(type): only LORA is supported") }
        guard (1...65_536).contains(rank) else { throw refusal("r is \(rank): it must be from 1 to 65536") }
        guard alpha.isFinite, alpha > 0 else { throw refusal("lora_alpha is \(alpha): it must be positive") }
    }
}

/// A file of an adapter that cannot be used.
public struct AdapterFileError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let problem: String

    public var description: String { "\(file): \(problem)" }
}
