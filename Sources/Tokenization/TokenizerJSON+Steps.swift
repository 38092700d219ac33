/// The steps around the model: normalizer, pre-tokenizer and post-processor.
extension TokenizerJSON {
    /// Whether the normalizer is NFC, or nothing.
    static func composes(_ normalizer: JSONNode?) throws -> Bool {
        try steps(normalizer, "normalizers").reduce(false) { _, step in
            try require("NFC", step)
            return true
        }
    }

    static func preTokenizer(_ preTokenizer: JSONNode?) throws -> PreTokenizer {
        var steps = try steps(preTokenizer, "pretokenizers")
        guard let byteLevel = steps.popLast(), steps.count < 2 else {
            throw TokenizerFileFailure.unsupported("pre_tokenizer is none that is known here")
        }
        try require("ByteLevel", byteLevel)
        // The library's default is true in either case.
        guard let addsSpace = try byteLevel.optional("add_prefix_space"), try !addsSpace.boolean() else {
            throw TokenizerFileFailure.unsupported("\(byteLevel.path).add_prefix_space is not false")
        }
        let usesPattern = try byteLevel.optional("use_regex")?.boolean() ?? true

        let cut = try steps.first.map(cut(of:)) ?? .gpt2
        guard usesPattern == (steps.isEmpty || cut == .smolLM) else {
            throw TokenizerFileFailure.unsupported("\(byteLevel.path).use_regex is \(usesPattern)")
        }
        return cut
    }

    /// What the step ahead of ByteLevel says.
    private static func cut(of step: JSONNode) throws -> PreTokenizer {
        if try step.member("type").text() == "Digits" {
            guard try step.member("individual_digits").boolean() else {
                throw TokenizerFileFailure.unsupported("\(step.path).individual_digits is false")
            }
            return .smolLM
        }
        try require("Split", step)
        guard try step.member("behavior").text() == "Isolated" else {
            throw TokenizerFileFailure.unsupported("\(step.path).behavior is not \"Isolated\"")
        }
        guard try !step.member("invert").boolean() else {
            throw TokenizerFileFailure.unsupported("\(step.path).invert is true")
        }
        let pattern = try step.member("pattern").optional("Regex")?.bytes() ?? []
        for preTokenizer in [PreTokenizer.gpt2, .qwen2]
        where pattern.elementsEqual(preTokenizer.pattern.utf8) {
            return preTokenizer
        }
        throw TokenizerFileFailure.unsupported("\(step.path).pattern is neither GPT-2's nor Qwen2's")
    }

    /// The token that a template puts in front of a text.
    static func template(_ postProcessor: JSONNode?) throws -> SpecialTokens {
        var special = SpecialTokens()
        for step in try steps(postProcessor, "processors") where try step.member("type").text() != "ByteLevel" {
            try require("TemplateProcessing", step)
            let single = try step.member("single")
            var pieces = try single.elements()
            guard let text = pieces.popLast(), try text.optional("Sequence") != nil, pieces.count < 2 else {
                throw TokenizerFileFailure.unsupported("\(single.path) does more than put one token before the text")
            }
            guard let piece = pieces.first else { continue }
            let name = try piece.member("SpecialToken").member("id").text()
            let ids = try step.member("special_tokens").member(name).member("ids")
            guard let id = try ids.elements().first, try ids.elements().count == 1, special.bos == nil else {
                throw TokenizerFileFailure.unsupported("\(ids.path) puts more than one token before the text")
            }
            special.bos = try id.integer()
            special.addsBOS = true
        }
        return special
    }

    static func require(_ type: String, _ step: JSONNode) throws {
        let found = try step.member("type")
        guard try found.bytes().elementsEqual(type.utf8) else {
            throw TokenizerFileFailure.unsupported("\(found.path) is \(quoted(try found.bytes())), not \"\(type)\"")
        }
    }

    /// The members of a Sequence, or the one step, or none where there is nothing.
    private static func steps(_ step: JSONNode?, _ members: String) throws -> [JSONNode] {
        guard let step else { return [] }
        guard try step.member("type").text() == "Sequence" else { return [step] }
        return try step.member(members).elements()
    }
}
