import Testing

@testable import StrictConfiguration

@Suite struct NearestNameTests {
    static let keys = ["steps", "initialRate", "learnRates", "optimizer", "weightDecay", "maxTokens", "text", "path"]

    @Test(arguments: [
        ("step", "steps"), ("Steps", "steps"), ("setps", "steps"), ("initalRate", "initialRate"),
        ("learn_rates", "learnRates"), ("max-tokens", "maxTokens"), ("optimiser", "optimizer"),
        ("wieghtDeacy", "weightDecay"), ("texts", "text"), ("steps", "steps"),
    ])
    func misspellingsFindTheirName(name: String, meant: String) {
        #expect(nearestName(to: name, among: Self.keys) == meant)
    }

    @Test(arguments: ["", "rank", "stop words", "temperature", "tx"])
    func strangersFindNone(name: String) {
        #expect(nearestName(to: name, among: Self.keys) == nil)
    }

    @Test func theNearestWinsAndThenTheFirst() {
        #expect(nearestName(to: "alphas", among: ["alpine", "alpha"]) == "alpha")
        #expect(nearestName(to: "beta", among: ["beta1", "beta2"]) == "beta1")
        #expect(nearestName(to: "x", among: []) == nil)
    }

    /// A name from the network may be of any length; the distance is not computed then.
    @Test func hugeNamesCostLittle() {
        #expect(nearestName(to: String(repeating: "x", count: 1_000_000), among: Self.keys) == nil)
    }
}
