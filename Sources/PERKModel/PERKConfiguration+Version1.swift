import StrictConfiguration

/// Version 1 of `perk.json`, whose keys were PEFT's and others.
///
/// Models of that version are read by turning their keys into those of today, and every model's digest is taken of its
/// settings under the keys of version 1, so that adapters that are stored stay valid.
enum PERKConfigurationVersion1 {
    /// The keys of version 1 by those of today.
    private static let keys = [
        "method": "method", "arithmetic": "arithmetic",
        "adapter.rank": "adapter.r", "adapter.alpha": "adapter.lora_alpha", "adapter.rsLoRA": "adapter.use_rslora",
        "adapter.targets": "adapter.target_modules", "adapter.layers": "adapter.layers_to_transform",
        "weighter.hiddenWidth": "weighter_hidden_width", "weighter.nonlinearity": "weighter_nonlinearity",
        "weighter.normalized": "weighter_normalized",
        "inner.optimizer": "inner_loop.optimizer", "inner.steps": "inner_loop.steps",
        "inner.beta1": "inner_loop.beta1", "inner.beta2": "inner_loop.beta2", "inner.epsilon": "inner_loop.epsilon",
        "inner.weightDecay": "inner_loop.weight_decay", "inner.truncatedSteps": "inner_loop.truncated_steps",
        "inner.microBatchTokens": "inner_loop.micro_batch_tokens",
        "text.sentencesPerSegment": "text.sentences_per_segment",
        "text.maximumSegmentTokens": "text.maximum_segment_tokens", "text.segmentPrefix": "text.segment_prefix",
        "text.prompt": "text.prompt", "text.includesSupport": "text.includes_support",
        "calibration": "calibration", "limits.documentTokens": "limits.document_tokens",
        "limits.baseLoss": "limits.base_loss",
    ]

    /// The keys that every file of version 1 has.
    private static let required = [
        "adapter.r", "adapter.lora_alpha", "adapter.use_rslora", "adapter.target_modules", "inner_loop.optimizer",
        "inner_loop.steps", "inner_loop.truncated_steps", "inner_loop.micro_batch_tokens",
        "text.sentences_per_segment", "text.maximum_segment_tokens", "text.prompt",
    ]

    /// The members of a file of version 1 under the keys of today; others than it knows are passed over.
    ///
    /// - Throws: `PERKConfigurationError` where a key is missing.
    static func currentMembers(
        _ old: [String: SettingValue], file: String
    ) throws(PERKConfigurationError) -> [String: SettingValue] {
        if let missing = required.first(where: { old[path: $0] ?? .null == .null }) {
            throw PERKConfigurationError(file: file, problem: "\(missing) is missing")
        }
        var members: [String: SettingValue] = [:]
        for (key, oldKey) in keys {
            if let value = old[path: oldKey], value != .null { members[path: key] = value }
        }
        // A list of numbers, then.
        if case .list(let layers) = members[path: "adapter.layers"] {
            let numbers = layers.map { if case .integer(let layer) = $0 { "\(layer)" } else { "\($0)" } }
            members[path: "adapter.layers"] = .text(numbers.joined(separator: ","))
        }
        members[path: "weighter.enabled"] = .boolean((old["weighter_hidden_width"] ?? .null) != .null)
        if members["method"] == .text(TrainingMethod.inContext.rawValue), members[path: "inner.steps"] == .integer(0) {
            members[path: "inner.steps"] = nil
        }
        return members
    }

    /// The name in version 1 of a key of today, with the element of a list that may follow it.
    static func key(_ path: String) -> String {
        let key = path.prefix { $0 != "[" }
        return (keys[String(key)] ?? String(key)) + path.dropFirst(key.count)
    }

    /// What decides which adapter a document becomes, as version 1 wrote it: a possibility that is not used leaves no
    /// trace.
    static func members(of configuration: PERKConfiguration) throws -> [String: SettingValue] {
        var settings = configuration
        (settings.calibration, settings.limits, settings.base) = (nil, nil, nil)
        var current = try settings.members()
        current["arithmetic"] = nil
        if settings.method == .perk { current["method"] = nil }
        if settings.inner.optimizer != .adamW {
            for key in ["beta1", "beta2", "epsilon", "weightDecay"] { current[path: "inner.\(key)"] = nil }
        }
        if settings.inner.steps == 0 { current[path: "inner.steps"] = .integer(0) }
        if !settings.weighter.enabled { current["weighter"] = nil }
        if settings.weighter.weighting.nonlinearity == .softplus { current[path: "weighter.nonlinearity"] = nil }
        if !settings.weighter.weighting.isNormalized { current[path: "weighter.normalized"] = nil }
        if !settings.text.includesSupport { current[path: "text.includesSupport"] = nil }
        switch settings.adapter.layers {
        case .range(let layers): current[path: "adapter.layers"] = .list(layers.map { .integer($0) })
        case .list(let layers): current[path: "adapter.layers"] = .list(layers.map { .integer($0) })
        case .all, .top: current[path: "adapter.layers"] = nil
        }
        var members = ["version": SettingValue.integer(1)]
        for (key, oldKey) in keys {
            if let value = current[path: key] { members[path: oldKey] = value }
        }
        return members
    }
}

extension [String: SettingValue] {
    /// The value at a path of one or two keys, `adapter.rank`.
    fileprivate subscript(path path: String) -> SettingValue? {
        get {
            let keys = path.split(separator: ".").map(String.init)
            guard keys.count == 2 else { return self[path] }
            guard case .object(let section) = self[keys[0]] else { return nil }
            return section[keys[1]]
        }
        set {
            let keys = path.split(separator: ".").map(String.init)
            guard keys.count == 2 else {
                self[path] = newValue
                return
            }
            var section: [String: SettingValue] = [:]
            if case .object(let members) = self[keys[0]] { section = members }
            section[keys[1]] = newValue
            self[keys[0]] = section.isEmpty ? nil : .object(section)
        }
    }
}
