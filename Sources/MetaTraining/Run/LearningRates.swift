import TestTimeLearning

/// How fast each parameter moves at each step.
struct LearningRates {
    let configuration: TrainingConfiguration

    typealias Settings = OuterOptimizer<Float>.Settings

    func baseRate(_ state: TrainingState) -> Double {
        let base = configuration.base
        return RateSchedule(
            peak: base.rate, warmUpSteps: base.warmUpSteps, totalSteps: base.steps,
            finalFraction: base.finalRateFraction
        ).rate(at: state.phaseStep)
    }

    /// The rate stays up through the curriculum, since binding may appear late, and falls over the last stage.
    func metaRate(_ state: TrainingState) -> Double {
        let (meta, stage) = (configuration.meta, configuration.stage(of: state))
        let peak = stage.rate ?? meta.rate
        let warmUp = min(1, Double(state.phaseStep + 1) / Double(max(1, meta.warmUpSteps)))
        guard state.stage == configuration.curriculum.count - 1 else { return peak * warmUp }
        return warmUp
            * RateSchedule(
                peak: peak, warmUpSteps: 0, totalSteps: stage.maximumSteps, finalFraction: meta.finalRateFraction
            ).rate(at: state.stageStep)
    }

    /// - Parameter rate: of base training.
    func baseSettings(rate: Double) -> Settings { Settings(rate: rate, weightDecay: configuration.base.weightDecay) }

    /// The inner rates, where they are learned, move at a rate of their own and without decay.
    ///
    /// - Parameter rate: of meta-training.
    func metaSettings(of group: ParameterGroup, rate: Double) -> Settings {
        let meta = configuration.meta
        guard group == .logRates else { return Settings(rate: rate, weightDecay: meta.weightDecay) }
        return Settings(
            rate: configuration.inner.learnRates ? meta.rateOfRates * rate / meta.rate : 0, weightDecay: 0)
    }
}
