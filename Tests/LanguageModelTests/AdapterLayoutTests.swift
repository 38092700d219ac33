import Testing

@testable import LanguageModel

/// Which maps names select, in which layers.
@Suite struct AdapterLayoutTests {
    private func layout(
        _ family: ModelFamily, targets: [String]? = nil, layers: [Int]? = nil
    ) throws -> AdapterLayout {
        let configuration = try ModelConfiguration(
            family: family, vocabularySize: 11, width: 12, intermediateWidth: 20, layers: 3, heads: 2,
            keyValueHeads: family == .gpt2 ? nil : 1)
        return try AdapterLayout(
            rank: 2, alpha: 4, rankStabilized: false, targets: targets, layers: layers, configuration: configuration)
    }

    @Test func allMapsOfAllLayersUnlessNamed() throws {
        for family in ModelFamily.allCases {
            let layout = try layout(family)
            #expect(layout.maps == family.maps && layout.layers == [0, 1, 2] && layout.lowestLayer == 0)
            #expect(layout.entries.count == 3 * family.maps.count)
        }
        #expect(ModelFamily.gpt2.maps == [.queryKeyValue, .attentionOutput, .expansion, .contraction])
        #expect(ModelFamily.llama.maps == ModelFamily.qwen2.maps && ModelFamily.llama.maps.count == 7)
    }

    @Test func namesSelectWhateverEndsWithThem() throws {
        #expect(try layout(.gpt2, targets: ["c_proj"]).maps == [.attentionOutput, .contraction])
        #expect(try layout(.gpt2, targets: ["mlp.c_proj", "c_attn"]).maps == [.queryKeyValue, .contraction])
        #expect(try layout(.qwen2, targets: ["v_proj", "self_attn.v_proj"]).maps == [.value])
    }

    @Test func entriesComeInTheOrderInWhichTheyAct() throws {
        let layout = try layout(.qwen2, targets: ["down_proj", "k_proj"], layers: [2, 1, 2])
        #expect(
            layout.entries.map(\.layer) == [1, 1, 2, 2] && layout.entries.map(\.map) == [.key, .down, .key, .down])
        #expect(layout.layers == [1, 2] && layout.lowestLayer == 1)
        #expect(layout.entries.map(\.shape) == [[6, 12], [12, 20], [6, 12], [12, 20]])
        #expect(layout.entries[0].module == "model.layers.1.self_attn.k_proj")
        #expect(layout.parameterCount == 2 * 2 * (6 + 12 + 12 + 20))
    }

    @Test func modulesOfGPT2AreNamedAsInHuggingFace() throws {
        let layout = try layout(.gpt2, targets: ["c_attn"], layers: [0])
        #expect(
            layout.names == [
                "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight",
                "base_model.model.transformer.h.0.attn.c_attn.lora_B.weight",
            ])
        #expect(layout.shapes == [[2, 12], [36, 2]])
    }

    @Test(
        arguments: [
            (ModelFamily.llama, ["q_proj", "c_attn"], [0], "there is no map c_attn: a llama model has q_proj"),
            (.gpt2, ["q_proj"], [0], "there is no map q_proj: a gpt2 model has c_attn, attn.c_proj, c_fc, mlp.c_proj"),
            (.qwen2, ["proj"], [0], "there is no map proj"), (.qwen2, [""], [0], "there is no map "),
            (.llama, ["q_proj"], [0, 3], "there is no layer 3: the model has 3"),
            (.llama, ["q_proj"], [-1], "there is no layer -1"), (.llama, [], [0], "nothing is adapted"),
            (.llama, ["q_proj"], [], "nothing is adapted"),
        ] as [(ModelFamily, [String], [Int], String)])
    func whatTheModelHasNotIsRefused(family: ModelFamily, targets: [String], layers: [Int], problem: String) {
        let error = #expect(throws: AdapterLayoutError.self) {
            try layout(family, targets: targets, layers: layers)
        }
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    }
}
