import Foundation
import ModelFiles
import Tensors
import Testing

@testable import LanguageModel

/// What is taken from the metadata of a GGUF file, and what is refused.
@Suite struct GGUFConfigurationTests {
    /// The metadata of a small model of a family.
    private static func metadata(_ family: ModelFamily) -> [String: GGUFValue] {
        let name = family.definition.ggufArchitecture
        var values: [String: GGUFValue] = [
            "general.type": .string("model"), "general.architecture": .string(name),
            "\(name).context_length": .uint32(64), "\(name).embedding_length": .uint32(24),
            "\(name).feed_forward_length": .uint32(40), "\(name).block_count": .uint32(3),
            "\(name).attention.head_count": .uint32(4), "tokenizer.ggml.bos_token_id": .uint32(1),
            "tokenizer.ggml.eos_token_id": .uint32(2),
        ]
        if family == .gpt2 {
            values["gpt2.attention.layer_norm_epsilon"] = .float32(0.25)
        } else {
            values["\(name).attention.head_count_kv"] = .uint32(2)
            values["\(name).attention.layer_norm_rms_epsilon"] = .float32(0.125)
            values["\(name).rope.freq_base"] = .float32(100_000)
        }
        return values
    }

    private func file(_ metadata: [String: GGUFValue], embedding: [Int]? = [11, 24], others: [String] = []) throws
        -> GGUFFile
    {
        let matrix = embedding.map { GGUFTensor(name: "token_embd.weight", Tensor<Float>(zeros: $0)) }
        let tensors = [matrix].compactMap(\.self) + others.map { GGUFTensor(name: $0, Tensor<Float>(zeros: [2, 2])) }
        return try GGUFFile(data: GGUFWriter(metadata: metadata, tensors: tensors).serialized(), file: "model.gguf")
    }

    private func configuration(
        _ family: ModelFamily = .llama, _ changes: [String: GGUFValue] = [:], without missing: [String] = [],
        others: [String] = []
    ) throws -> ModelConfiguration {
        let metadata = Self.metadata(family).merging(changes) { $1 }.filter { !missing.contains($0.key) }
        return try ModelConfiguration(gguf: file(metadata, others: others))
    }

    @Test(arguments: [ModelFamily.llama, .qwen2]) func rotaryFamiliesAreRead(family: ModelFamily) throws {
        #expect(
            try configuration(family)
                == ModelConfiguration(
                    family: family, vocabularySize: 11, width: 24, intermediateWidth: 40, layers: 3, heads: 4,
                    keyValueHeads: 2, headWidth: 6, normalizationEpsilon: 0.125, ropeTheta: 100_000,
                    tiedEmbeddings: true, maximumPositions: 64, bosToken: 1, eosTokens: [2]))
    }

    @Test func gpt2IsRead() throws {
        #expect(
            try configuration(.gpt2)
                == ModelConfiguration(
                    family: .gpt2, vocabularySize: 11, width: 24, intermediateWidth: 40, layers: 3, heads: 4,
                    normalizationEpsilon: 0.25, tiedEmbeddings: true, maximumPositions: 64, bosToken: 1,
                    eosTokens: [2]))
    }

    @Test func absentKeysHaveTheFormatsDefaults() throws {
        let configuration = try configuration(
            without: ["llama.attention.head_count_kv", "llama.rope.freq_base", "general.type"])
        #expect(configuration.keyValueHeads == 4 && configuration.ropeTheta == 10_000)
    }

    @Test func aHeadOfItsOwnIsNotTied() throws {
        #expect(try !configuration(others: ["output.weight"]).tiedEmbeddings)
    }

    @Test func headsMayBeWiderThanTheirShare() throws {
        let changes: [String: GGUFValue] = [
            "llama.attention.key_length": .uint32(8), "llama.attention.value_length": .uint32(8),
            "llama.rope.dimension_count": .uint32(8),
        ]
        #expect(try configuration(.llama, changes).headWidth == 8)
    }

    /// Files of older converters name ids that do not exist.
    @Test func specialTokensOutsideTheVocabularyAreLeftOut() throws {
        let configuration = try configuration(
            .llama,
            [
                "tokenizer.ggml.bos_token_id": .uint32(11), "tokenizer.ggml.eos_token_id": .uint32(.max),
                "tokenizer.ggml.padding_token_id": .uint32(10),
            ])
        #expect(
            configuration.bosToken == nil && configuration.eosTokens == [] && configuration.paddingToken == 10)
    }

    static let refusals: [(changes: [String: GGUFValue], key: String, words: String)] = [
        (["general.type": .string("adapter")], "general.type", "give the file of a model"),
        (
            ["general.architecture": .string("mamba")], "general.architecture",
            "\"llama\", \"qwen2\", \"qwen3\", \"gemma3\", \"gpt2\" are"
        ),
        (["llama.rope.scaling.type": .string("longrope")], "llama.rope.scaling.type", "\"longrope\" is not supported"),
        (["llama.expert_count": .uint32(8)], "llama.expert_count", "8 is not supported here; 0 is"),
        (["llama.attention.sliding_window": .uint32(4096)], "llama.attention.sliding_window", "4096 is not supported"),
        (["llama.attention.logit_softcap": .float32(30)], "llama.attention.logit_softcap", "is not known here"),
        (["llama.rope.dimension_count": .uint32(4)], "llama.rope.dimension_count", "a part of each head"),
        (["llama.attention.value_length": .uint32(8)], "llama.attention.value_length", "another width"),
        (["llama.block_count": .uint32(0)], "num_hidden_layers", "0 is out of range"),
        (["llama.block_count": .uint32(4097)], "num_hidden_layers", "4097 is out of range"),
        (["llama.block_count": .uint64(1 << 62)], "num_hidden_layers", "out of range"),
        (["llama.embedding_length": .uint32(0)], "hidden_size", "0 is out of range"),
        (["llama.embedding_length": .uint64(1 << 40)], "hidden_size", "out of range"),
        (["llama.feed_forward_length": .uint32(.max)], "intermediate_size", "out of range"),
        (["llama.context_length": .uint32(0)], "max_position_embeddings", "0 is out of range"),
        (["llama.attention.head_count": .uint32(0)], "num_attention_heads", "0 is out of range"),
        (["llama.attention.head_count": .uint32(5)], "num_attention_heads", "5 heads do not divide"),
        (["llama.attention.head_count_kv": .uint32(3)], "num_key_value_heads", "3 does not divide"),
        (["llama.attention.head_count_kv": .uint32(0)], "num_key_value_heads", "0 is out of range"),
        (["llama.attention.key_length": .uint32(7)], "head_dim", "must be even"),
        (["llama.attention.layer_norm_rms_epsilon": .float32(0)], "rms_norm_eps", "out of range"),
        (["llama.attention.layer_norm_rms_epsilon": .float32(.nan)], "rms_norm_eps", "out of range"),
        (["llama.rope.freq_base": .float32(.infinity)], "rope_theta", "out of range"),
        (["llama.rope.freq_base": .float32(-1)], "rope_theta", "out of range"),
    ]

    @Test(arguments: refusals.indices) func unfitSettingsAreRefusedByKey(index: Int) throws {
        let refusal = Self.refusals[index]
        let error = #expect(throws: ModelConfigurationError.self) { try configuration(.llama, refusal.changes) }
        #expect(error?.file == "model.gguf" && error?.key == refusal.key, "\(String(describing: error))")
        #expect(error?.problem.contains(refusal.words) == true, "\(String(describing: error))")
    }

    @Test func settingsThatSayNothingSpecialAreTaken() throws {
        let changes: [String: GGUFValue] = [
            "llama.rope.scaling.type": .string("none"), "llama.expert_count": .uint32(0),
            "llama.attention.sliding_window": .uint32(0),
        ]
        #expect(try configuration(.llama, changes) == configuration())
    }

    /// Linear scaling by either key, YaRN, and Llama 3's divisors, of which there must be one for each pair of a head.
    @Test func rotaryScalingsAreRead() throws {
        let linear: [[String: GGUFValue]] = [
            ["llama.rope.scale_linear": .float32(4)],
            ["llama.rope.scaling.type": .string("linear"), "llama.rope.scaling.factor": .float32(4)],
        ]
        for changes in linear {
            #expect(try configuration(.llama, changes).ropeScaling == .linear(factor: 4))
        }
        let yarn: [String: GGUFValue] = [
            "llama.rope.scaling.type": .string("yarn"), "llama.rope.scaling.factor": .float32(4),
            "llama.rope.scaling.original_context_length": .uint32(16), "llama.rope.scaling.finetuned": .bool(true),
        ]
        #expect(
            try configuration(.llama, yarn).ropeScaling == .yarn(.init(factor: 4, originalPositions: 16)))
        let divisors = GGUFTensor(name: "rope_freqs.weight", Tensor<Float>([1, 2, 8], shape: [3]))
        let embedding = GGUFTensor(name: "token_embd.weight", Tensor<Float>(zeros: [11, 24]))
        func read(_ tensors: [GGUFTensor]) throws -> ModelConfiguration {
            let writer = try GGUFWriter(metadata: Self.metadata(.llama), tensors: tensors)
            return try ModelConfiguration(gguf: GGUFFile(data: writer.serialized(), file: "model.gguf"))
        }
        let scaled = try read([embedding, divisors])
        #expect(scaled.ropeScaling == .divisors([1, 2, 8]))
        let error = #expect(throws: ModelConfigurationError.self) { try scaled.write(to: "/tmp/config.json") }
        #expect(error?.key == "rope_scaling")
        #expect(throws: ModelConfigurationError.self) {
            try read([embedding, GGUFTensor(name: "rope_freqs.weight", Tensor<Float>([1, 2], shape: [2]))])
        }
    }

    @Test(arguments: ModelFamily.allCases) func missingKeysAreNamed(family: ModelFamily) throws {
        let optional = [
            "general.type", "tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id",
            "\(family.definition.ggufArchitecture).attention.head_count_kv",
            "\(family.definition.ggufArchitecture).rope.freq_base",
        ]
        for key in Self.metadata(family).keys where !optional.contains(key) {
            let error = #expect(throws: GGUFError.self) { try configuration(family, without: [key]) }
            #expect(error == GGUFError(file: "model.gguf", name: key, problem: .missing))
        }
    }

    @Test(arguments: [
        ("llama.block_count", GGUFValue.string("3")), ("llama.block_count", .float32(3)),
        ("llama.embedding_length", .uint64(.max)), ("llama.attention.head_count", .int32s([4, 4, 4])),
        ("llama.attention.layer_norm_rms_epsilon", .uint32(1)), ("general.architecture", .uint32(1)),
        ("llama.rope.scaling.type", .bool(true)),
    ])
    func valuesOfAnotherKindAreNamed(key: String, value: GGUFValue) {
        let error = #expect(throws: GGUFError.self) { try configuration(.llama, [key: value]) }
        #expect(error?.name == key)
        guard case .wrongType = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func theEmbeddingSaysHowManyTokensThereAre() throws {
        let missing = #expect(throws: GGUFError.self) {
            try ModelConfiguration(gguf: file(Self.metadata(.llama), embedding: nil, others: ["output.weight"]))
        }
        #expect(missing == GGUFError(file: "model.gguf", name: "token_embd.weight", problem: .missing))
        let vector = #expect(throws: GGUFError.self) {
            try ModelConfiguration(gguf: file(Self.metadata(.llama), embedding: [24]))
        }
        #expect(vector?.problem == .notAMatrix([24]))
    }
}
