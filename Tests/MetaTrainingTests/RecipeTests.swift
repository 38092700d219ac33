import Foundation
import LanguageModel
import MetaTrainingSupport
import PERKModel
import StrictConfiguration
import Testing

@testable import MetaTraining

/// The recipes are read without error, up to the models' files.
@Suite struct RecipeTests {
    static let repository = TinyTraining.fixtures.deletingLastPathComponent()

    private func recipe(_ name: String, _ settings: String...) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            path: Self.repository.appendingPathComponent("Recipes/\(name).yaml").path,
            settings: settings.map { try ConfigurationSetting($0) })
    }

    @Test(arguments: [
        ("gpt2", "gpt2"), ("qwen2.5-0.5b", "Qwen2.5-0.5B"), ("smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        ("smollm2-135m-short", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        ("smollm2-135m-start", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        ("smollm2-135m-stories", "SmolLM2-135M-Instruct.Q4_1.gguf"),
        ("smollm2-135m-stories-in-context", "SmolLM2-135M-Instruct.Q4_1.gguf"),
    ])
    func recipesExpectTheirModelBelowModels(name: String, model: String) throws {
        let recipe = try recipe(name)
        #expect(recipe.model.path == Self.repository.appendingPathComponent("models/\(model)").path)
        #expect(recipe.output.directory == Self.repository.appendingPathComponent("runs/\(name)").path)
        #expect(recipe.base.steps == 0 && !recipe.meta.trainBase)
        #expect(recipe.adapter.shape.targets == LinearMap.allCases && recipe.weighter == WeighterConfiguration())
    }

    @Test func noRecipeIsLeftOut() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Self.repository.appendingPathComponent("Recipes").path
        ).filter { $0.hasSuffix(".yaml") }
        #expect(
            files.sorted() == [
                "default-model.yaml", "gpt2.yaml", "qwen2.5-0.5b.yaml", "smollm2-135m-short.yaml",
                "smollm2-135m-start.yaml", "smollm2-135m-stories-in-context.yaml", "smollm2-135m-stories.yaml",
                "smollm2-135m.yaml",
            ])
    }

    /// Between two and six million parameters, which fit into 14 MB in 16 bits, and its vocabulary is at hand.
    @Test func theEmbeddedModelIsSmall() throws {
        let recipe = try recipe("default-model", "evaluation.documents=1")
        let model = try recipe.freshModel().learned
        let parameters = model.parameters(.meta(base: try recipe.meta.trainedBase(layers: recipe.model.shape.layers)))
        let count = parameters.values.reduce(0) { $0 + $1.count }
        #expect((2_000_000...6_000_000).contains(count))
        #expect(recipe.base.steps > 0 && recipe.meta.trainBase && recipe.curriculum.count > 5)
        #expect(recipe.curriculum.last?.sentencesPerSegment == 4 && recipe.text.sentencesPerSegment == 1)
    }

    @Test(arguments: ["gpt2", "qwen2.5-0.5b"])
    func largeRecipesHaveThePapersSettings(name: String) throws {
        let recipe = try recipe(name)
        #expect(recipe.adapter.shape.rank == 256 && recipe.adapter.shape.alpha == 16 && recipe.adapter.shape.rsLoRA)
        #expect(recipe.adapter.shape.layers == .all)
        #expect(
            recipe.inner.loop.optimizer == .adamW && recipe.inner.loop.steps == 4
                && recipe.inner.loop.truncatedSteps == 2)
        #expect(recipe.inner.initialRate == 5e-5 && recipe.inner.learnRates && recipe.meta.rate == 1e-5)
        #expect(recipe.text.maximumSegmentTokens == 256 && recipe.text.segmentPrefix == "doc_{i}:")
        #expect(recipe.text.prompt == "You have memorized {segments} documents.\n{question}\nAnswer:")
        // Zero is safe where the first step is truncated.
        #expect(recipe.adapter.initialStandardDeviationOfB == 0)
    }

    @Test(arguments: [
        "smollm2-135m", "smollm2-135m-short", "smollm2-135m-stories", "smollm2-135m-stories-in-context",
    ])
    func smallRecipesAdaptTheUpperLayers(name: String) throws {
        let recipe = try recipe(name)
        #expect(recipe.adapter.shape.rank == 16 && recipe.adapter.shape.layers == .top(8) && recipe.threads == 2)
    }

    /// Half of the tasks or more are read from texts that people or a language model wrote.
    @Test func theStartReadsTextsMoreThanHalfOfTheTime() throws {
        let recipe = try recipe("smollm2-135m-start"), stage = try #require(recipe.curriculum.last)
        let texts = stage.mixture.filter { $0.path != nil }.reduce(0) { $0 + $1.weight }
        let all = stage.mixture.reduce(0) { $0 + $1.weight }
        let steps = recipe.curriculum.reduce(0) { $0 + $1.maximumSteps }
        #expect(steps >= 3000 && Double(stage.maximumSteps) * texts / all >= Double(steps) / 2)
    }

    /// The rival is trained on the same base, with an adapter of the same rank and layers.
    @Test func theRivalDiffersInItsMethod() throws {
        let (learning, reading) = try (recipe("smollm2-135m-stories"), recipe("smollm2-135m-stories-in-context"))
        #expect(learning.method == .perk && reading.method == .inContext)
        #expect(learning.adapter == reading.adapter && learning.text == reading.text && learning.seed == reading.seed)
    }

    /// Around a tiny model of the recipe's family, with an adapter as tiny.
    @Test(arguments: [
        ("qwen2.5-0.5b", "gguf-qwen2-f32", "adapter.rank=2"),
        ("smollm2-135m", "gguf-llama-q8_0", "adapter.layers=top 1"),
        ("smollm2-135m-short", "gguf-llama-q8_0", "adapter.layers=top 1"),
    ])
    func stepsAreTaken(name: String, family: String, tiny: String) throws {
        let model = TinyTraining.fixtures.appendingPathComponent("families/\(family)/model.gguf").path
        var run = try TrainingRun(
            recipe(name, "model.path=\(model)", tiny, "meta.tasksPerStep=2", "text={}"), checkpoint: nil)
        let steps = try (0..<3).map { _ in try run.takeStep() }
        #expect(steps.allSatisfy { !$0.skipped && $0.gradientNorm > 0 }, "\(steps)")
    }

    @Test func gpt2RecipeBeginsAroundItsFamily() throws {
        let model = TinyTraining.fixtures.appendingPathComponent("families/gguf-gpt2-f16/model.gguf").path
        let learned = try TrainingRun(
            recipe("gpt2", "model.path=\(model)", "adapter.rank=2", "text={}"), checkpoint: nil
        ).checkpoint.model.learned
        #expect(learned.adapter.layout.layers == Array(0..<learned.configuration.layers))
        #expect(learned.innerLoop.truncatedSteps == 2 && learned.weighter != nil)
    }
}
