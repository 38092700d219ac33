import TestTimeLearning

/// How fast each parameter moves at each step.
struct TrainingPaces {
    let configuration: TrainingConfiguration

    func baseRate(_ state: TrainingState) -> Double {
        let base = configuration.base
        return RateSchedule(
            peak: base.rate, warmUpSteps: base.warmUpSteps, totalSteps: base.steps,
            finalFraction: base.finalRateFraction
        ).rate(at: state.phaseStep)
    }

    /// The rate stays up through the curriculum, since binding may appear late, and falls over the last stage.
    func metaRate(_ state: TrainingState, stage: CurriculumStage) -> Double {
        let meta = configuration.meta
        let peak = stage.rate ?? meta.rate
        let warmUp = min(1, Double(state.phaseStep + 1) / Double(max(1, meta.warmUpSteps)))
        guard state.stage == configuration.curriculum.count - 1 else { return peak * warmUp }
        return warmUp
            * RateSchedule(
                peak: peak, warmUpSteps: 0, totalSteps: stage.maximumSteps, finalFraction: meta.finalRateFraction
            ).rate(at: state.stageStep)
    }

    func base(_ count: Int, rate: Double) -> [OuterOptimizer<Float>.Pace] {
        Array(repeating: .init(rate: rate, weightDecay: configuration.base.weightDecay), count: count)
    }

    /// The learned rates come last; they move at a pace of their own, without decay.
    func meta(_ count: Int, rate: Double, learnsRates: Bool) -> [OuterOptimizer<Float>.Pace] {
        let meta = configuration.meta
        let rateOfRates = learnsRates ? meta.rateOfRates * rate / meta.rate : 0
        return Array(repeating: .init(rate: rate, weightDecay: meta.weightDecay), count: count - 1)
            + [.init(rate: rateOfRates, weightDecay: 0)]
    }
}
