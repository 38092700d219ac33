import Foundation
import JSONRPC
import StrictJSON
import Testing
import TinyModels

/// The default model answers as well as it is said to.
@Suite struct DefaultModelTests {
    /// Of 200 questions about 20 documents that are always the same: 0.99 were right when this was written. Whoever changes
    /// a number of learning or answering finds out here whether the model got worse.
    @Test func factsAboutEightPeopleAreAnswered() throws {
        let folder = try TinyModelDirectory()
        let outcome = try ServeProcess(
            [
                "eval", "--task", "facts", "--people", "8", "--documents", "20", "--seed", "1", "--methods", "perk",
                "--json",
                "--no-cache", "--model", StartingTests.embeddedModel,
            ], log: folder.path("log.txt")
        ).finish()
        #expect(outcome.status == 0)
        let figures = try JSONParser.parse(Array(outcome.output.utf8))["results"]?["facts, 8 people, perk"]
        guard case .number(let right) = figures?["exact_match,none"] else {
            Issue.record("no exact match in \(outcome.output)")
            return
        }
        #expect(right >= 0.97)
    }
}
