import LanguageModel
import StrictConfiguration
import TestTimeLearning

/// `meta`: the outer loop, which learns where the inner loop starts, how it weighs tokens and how far it steps.
package struct MetaSection: ConfigurationSection {
    var tasksPerStep = 16
    var tasksPerPass = 4
    var rate = 7e-4
    var rateOfRates = 3e-2
    var weightDecay = 0.01
    var warmUpSteps = 50
    var finalRateFraction = 0.05
    var clipNorm = 1.0
    var trainBase = false
    var baseLayers = LayerSelection.all

    package init() {}

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "tasksPerStep", into: &tasksPerStep, in: 1...65_536,
            "The number of tasks, each a document with its questions, in a step")
        try reader.read(
            "tasksPerPass", into: &tasksPerPass, in: 1...65_536,
            "The number of tasks that share one pass over the model; the gradients of a step's passes are accumulated, so "
                + "memory depends on this number alone")
        try reader.read(
            "rate", into: &rate, in: 1e-9...1, "AdamW's greatest learning rate, for everything but the inner rates")
        try reader.read(
            "rateOfRates", into: &rateOfRates, in: 0...10,
            "AdamW's greatest learning rate for the logarithms of the inner rates")
        try reader.read("weightDecay", into: &weightDecay, in: 0...1, "AdamW's weight decay, a share of the rate")
        try reader.read(
            "warmUpSteps", into: &warmUpSteps, in: 0...10_000_000,
            "The number of steps in which the rate rises from zero")
        try reader.read(
            "finalRateFraction", into: &finalRateFraction, in: 0...1,
            "The share of the rate that its cosine, over the last stage, ends at")
        try reader.read("clipNorm", into: &clipNorm, in: 1e-6...1e6, "The greatest norm of all gradients together")
        try reader.read("trainBase", into: &trainBase, "Whether the base model is trained too")
        try reader.read(
            "baseLayers", into: &baseLayers,
            "The layers of the base model that are trained with it, counted from 0; all stands for the embeddings and the "
                + "head too")
    }

    package func validate(_ reader: SectionReader) throws {
        guard trainBase || baseLayers == .all else {
            throw reader.refusal("baseLayers", "the base model is not trained; set meta.trainBase or remove this key")
        }
    }

    /// What is trained of a base model with so many layers.
    ///
    /// - Throws: `BaseLayersError` where it has not the layers that are stated.
    package func trainedBase(layers: Int) throws -> TrainedBase {
        guard trainBase else { return .none }
        guard baseLayers != .all else { return .all }
        do {
            return .layers(try baseLayers.resolved(layers: layers))
        } catch {
            throw BaseLayersError(stated: baseLayers, layers: layers)
        }
    }
}

/// The base model has not the layers that are to be trained.
struct BaseLayersError: Error, Equatable, CustomStringConvertible {
    let stated: LayerSelection
    let layers: Int

    var description: String {
        "meta.baseLayers is \(stated), but the base model has \(layers) layers: name some of 0..\(layers - 1)"
    }
}
