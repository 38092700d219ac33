import LanguageModel
import PERKModel
import Tensors
import TestTimeLearning

extension AnsweringModel {
    /// The same model without what meta-training learned: a random adapter of the same kind, every token of the same
    /// weight, and as many inner steps at one rate, the geometric mean of the learned ones.
    func withUntrainedStart(seed: UInt64) -> AnsweringModel {
        var random = RandomSource(seed: seed)
        var model = self
        model.forgetMeasurements()
        let layout = learned.adapter.layout
        model.learned.adapter = Adapter(
            layout: layout, standardDeviationOfB: FreshStart().standardDeviationOfB, using: &random)
        model.learned.weighter = nil
        let logRates = learned.logRates.scalars
        let mean = logRates.reduce(0) { $0 + Double($1) } / Double(max(1, logRates.count))
        model.learned.logRates = Tensor(repeating: Float(mean), shape: learned.logRates.shape)
        return model
    }
}
