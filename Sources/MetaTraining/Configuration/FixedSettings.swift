import PERKModel

/// A setting of a resumed run that is not what its configuration says, since it was fixed when the run began.
public struct OverruledSetting: Equatable, Sendable, CustomStringConvertible {
    /// The full path of the key, such as `adapter.rank`.
    public let key: String
    /// The value in force, and the one that the configuration states, as YAML; `null` for none.
    public let inForce, stated: String

    public var description: String {
        "\(key) stays \(inForce), though the configuration says \(stated): it was fixed when the run began"
    }
}

extension TrainingConfiguration {
    /// Whether the run begins with a meta-trained model, which brings an adapter, a weighter, an inner loop and a text format of
    /// its own: the sections that would describe a fresh model's have no effect.
    var beginsMetaTrained: Bool { model.path.map { AnsweringModel.isMetaTrained(path: $0) } ?? false }

    /// States what a meta-trained model brings in the place of what a fresh one would be made by.
    mutating func adopt(_ model: AnsweringModel) {
        let own = model.configuration
        if adapter.path == nil { adapter.shape = own.adapter }
        (weighter, text) = (own.weighter, own.text)
        let steps = inner.loop.steps
        (inner.loop, inner.firstOrder) = (own.inner, false)
        inner.loop.steps = steps
        inner.loop.truncatedSteps = min(own.inner.truncatedSteps, steps)
    }

    /// Takes from the run's own record what its model was made by, of which a later configuration changes nothing.
    ///
    /// - Parameters:
    ///   - path: the run's directory; without a record there that can be read, nothing is taken.
    ///   - phase: how far the run has come. Base training can be changed until it is over.
    /// - Returns: the settings that are overruled, in the configuration's order.
    mutating func keepWhatIsFixed(inRunAt path: String, phase: TrainingState.Phase) -> [OverruledSetting] {
        guard let recorded = try? TrainingConfiguration(path: "\(path)/resolved.yaml") else { return [] }
        let stated = self
        (model, tokenizer, adapter, weighter) = (
            recorded.model, recorded.tokenizer, recorded.adapter, recorded.weighter
        )
        text = recorded.text
        let (steps, learnsRates) = (inner.loop.steps, inner.learnRates)
        inner = recorded.inner
        (inner.loop.steps, inner.learnRates) = (steps, learnsRates)
        if phase != .base { base = recorded.base }
        guard let before = try? stated.leaves(), let after = try? leaves() else { return [] }
        let keys = after.map(\.key) + before.map(\.key).filter { key in !after.contains { $0.key == key } }
        return keys.compactMap { key in
            func value(_ leaves: [(key: String, value: String)]) -> String? { leaves.first { $0.key == key }?.value }
            let (old, new) = (value(before), value(after))
            return old == new ? nil : OverruledSetting(key: key, inForce: new ?? "null", stated: old ?? "null")
        }
    }

    /// Every key that has a value, by its full path, with the value as YAML.
    private func leaves() throws -> [(key: String, value: String)] { try resolvedEntries().flatMap { try $0.leaves() } }
}
