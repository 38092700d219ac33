import Testing

@testable import BenchmarkData

@Suite struct FactsGrowthTests {
    private var start: FactsSettings {
        var settings = FactsSettings()
        (settings.minimumPeople, settings.maximumPeople, settings.newNames) = (2, 3, 0.1)
        return settings
    }

    private var end: FactsSettings {
        var settings = start
        (settings.maximumPeople, settings.maximumDistractors, settings.newNames) = (12, 4, 0.5)
        settings.questionsPerDocument = 5
        return settings
    }

    @Test func settingsAreThoseOfTheEndsAtTheEnds() {
        #expect(start.interpolated(to: end, share: 0) == start && start.interpolated(to: end, share: -1) == start)
        #expect(start.interpolated(to: end, share: 1) == end && start.interpolated(to: end, share: 7) == end)
    }

    @Test func numbersGrowInProportion() {
        let third = start.interpolated(to: end, share: 1.0 / 3)
        #expect(third.minimumPeople == 2 && third.maximumPeople == 6 && third.maximumDistractors == 1)
        #expect(third.questionsPerDocument == 7 && abs(third.newNames - 0.7 / 3) < 1e-12)
        #expect(third.factsPerEntity == start.factsPerEntity && third.sharesAttributes == start.sharesAttributes)
    }

    @Test func sharesGrowAndTheWorldStays() {
        var (start, end) = (FactsSettings(), FactsSettings.everyForm)
        start.world = .wide
        (end.unanswerable, end.maximumFirms) = (0.25, 2)
        let half = start.interpolated(to: end, share: 0.5)
        #expect(half.world == .wide && half.maximumFirms == 1)
        for path in FactsSettings.shares.map(\.path) { #expect(half[keyPath: path] == end[keyPath: path] / 2) }
    }
}
