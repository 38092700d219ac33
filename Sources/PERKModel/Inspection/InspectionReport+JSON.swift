import ModelFiles
import StrictConfiguration
import StrictJSON
import Tensors

extension InspectionReport {
    /// The inspection as one JSON object that always has the same members.
    ///
    /// - Throws: the file's error where a tensor cannot be read.
    public func json() throws -> JSONValue {
        let tensors = try inspection.files.flatMap { file in
            try file.tensors.filter { shows($0.name) }.map { try json($0, in: file) }
        }
        return [
            "kind": .string(inspection.kind.rawValue),
            "path": .string(inspection.path),
            "problem": inspection.problem.map { .string($0) } ?? .null,
            "unused_tensors": .array(inspection.unusedTensors.map { .string($0) }),
            "files": .array(inspection.files.map(json)),
            "settings": .object(
                inspection.settings.map { .init($0.source, JSONValue(SettingValue.object($0.values))) }),
            "adapter": inspection.adapter.map(json) ?? .null,
            "learned_rates": .array(inspection.learnedRates.enumerated().map { json(step: $0 + 1, rates: $1) }),
            "tensors": .array(tensors),
            "totals": [
                "tensors": .integer(all.count), "parameters": .integer(all.elementCount),
                "bytes": .integer(all.byteCount),
                "types": .object(all.types.map { .init($0.type, .integer($0.count)) }),
            ],
        ]
    }

    private func json(_ file: TensorFile) -> JSONValue {
        [
            "name": .string(file.name), "bytes": .integer(file.byteCount), "tensors": .integer(file.tensors.count),
            "parameters": .integer(file.tensors.elementCount),
        ]
    }

    private func json(_ adapter: AdapterSummary) -> JSONValue {
        [
            "rank": adapter.rank.map { .integer($0) } ?? .null, "alpha": .number(adapter.alpha ?? .nan),
            "scale": .number(adapter.scale ?? .nan), "targets": .array(adapter.targets.map { .string($0) }),
            "layers": .array(adapter.layers.map { .integer($0) }),
        ]
    }

    private func json(step: Int, rates: LearnedRates) -> JSONValue {
        [
            "step": .integer(step), "mean": .number(rates.mean), "minimum": .number(rates.minimum),
            "maximum": .number(rates.maximum),
        ]
    }

    private func json(_ tensor: TensorDescription, in file: TensorFile) throws -> JSONValue {
        let numbers = statistics ? try file.statistics(of: tensor.name) : nil
        return [
            "name": .string(tensor.name), "file": .string(file.name), "type": .string(tensor.type),
            "shape": .array(tensor.shape.map { .integer($0) }), "parameters": .integer(tensor.elementCount),
            "bytes": .integer(tensor.byteRange.count), "statistics": numbers.map(json) ?? .null,
        ]
    }

    private func json(_ numbers: ElementStatistics) -> JSONValue {
        let isEmpty = numbers.finiteCount == 0
        func figure(_ value: Double) -> JSONValue { isEmpty ? .null : .number(value) }
        return [
            "mean": figure(numbers.mean), "standard_deviation": figure(numbers.standardDeviation),
            "minimum": figure(Double(numbers.minimum)), "maximum": figure(Double(numbers.maximum)),
            "non_finite": .integer(numbers.nonFiniteCount),
        ]
    }
}

extension JSONValue {
    /// A setting, the members of objects sorted by name.
    init(_ setting: SettingValue) {
        self =
            switch setting {
            case .null: .null
            case .boolean(let value): .boolean(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            case .text(let value): .string(value)
            case .list(let elements): .array(elements.map { JSONValue($0) })
            case .object(let members):
                .object(members.sorted { $0.key < $1.key }.map { Member($0.key, JSONValue($0.value)) })
            }
    }
}
