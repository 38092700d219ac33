import Testing

@testable import BenchmarkData

@Suite struct DrawnSourcesTests {
    private func settings(_ change: (inout GeneratorSettings) -> Void = { _ in }) -> GeneratorSettings {
        var settings = GeneratorSettings { $0.utf8.count / 4 + 1 }
        (settings.length, settings.split, settings.seed) = (120, .evaluation, 3)
        change(&settings)
        return settings
    }

    @Test func labelsTellWhatSetsSourcesApart() {
        let story = TaskSource(.qa1, settings: settings { ($0.depth, $0.facts, $0.world) = (0.5, 3, .wide) })
        #expect(story.label.name == "qa1, wide world, 120 tokens, depth 0.5, 3 facts")
        let facts = FactsSource(people: 4, settings: FactsSettings(), seed: 1, split: .evaluation)
        #expect(facts.label.name == "facts, 4 people" && facts.label.facts == 4 && facts.seed == 5)
        #expect(
            FactsSource(people: 4, settings: FactsSettings(), seed: 1, split: .evaluation, series: "").label.name
                == "4 people")
    }

    @Test func documentsComeFromAnyPlaceOnWithTheirRule() throws {
        let sources: [any DocumentSource] = [
            TaskSource(.needleMultikey, settings: settings()),
            FactsSource(people: 2, settings: FactsSettings(), seed: 1, split: .evaluation),
        ]
        for (source, metric) in zip(sources, [Metric.stringMatchAll, .exactMatch]) {
            let documents = try source.documents().prefix(4)
            #expect(documents.count == 4 && Set(documents.map(\.text)).count == 4)
            #expect(try source.documents(from: 2).prefix(2) == Array(documents[2...]))
            #expect(documents.allSatisfy { $0.metric == metric })
            let others = try source.otherDocuments(than: 4, seed: 1).prefix(4)
            #expect(Set(others.map(\.text)).isDisjoint(with: documents.map(\.text)))
        }
    }

    @Test func allThatDecidesDocumentsIsPartOfTheirIdentity() {
        let source = TaskSource(.qa1, settings: settings())
        #expect(TaskSource(.qa1, settings: settings()).identity == source.identity)
        let changes: [(inout GeneratorSettings) -> Void] = [
            { $0.seed = 4 }, { $0.split = .training }, { $0.world = .wide }, { $0.unanswerable = 0.5 },
            { $0.length = 121 }, { $0.depth = 0 }, { $0.facts = 9 }, { $0.questions = 2 },
            { $0.needleValues = .words }, { $0.numbersEvents = false }, { $0.background = ["It rains."] },
        ]
        let identities = changes.map { TaskSource(.qa1, settings: settings($0)).identity }
        #expect(Set(identities + [source.identity, TaskSource(.qa2, settings: settings()).identity]).count == 13)
        var more = FactsSettings()
        more.newNames = 0.1
        let facts = [FactsSettings(), more].map { FactsSource($0, seed: 1, split: .training).identity }
        #expect(facts[0] != facts[1])
    }

    /// The passages to choose a prompt on are none that are evaluated.
    @Test func otherPassagesShareNoSentenceWithEvaluatedOnes() throws {
        let text = (1...60).map { "Person \($0) walked to town \($0) with a red dog." }
        let source = TaskSource(.cloze, settings: settings { ($0.background, $0.questions) = (text, 2) })
        func sentences(_ documents: [QADocument]) -> Set<String> {
            Set(text.filter { sentence in documents.contains { $0.text.contains(sentence) } })
        }
        let evaluated = sentences(try source.documents().prefix(20))
        let others = sentences(try source.otherDocuments(than: 20, seed: 1).prefix(20))
        #expect(evaluated.count > 3 && others.count > 3 && evaluated.isDisjoint(with: others))
    }

    @Test func partsOfAMixtureComeInProportionToTheirWeights() throws {
        let mixture = MixtureSource(
            [
                .init(weight: 3, source: FactsSource(FactsSettings(), seed: 1, split: .training)),
                .init(weight: 1, source: TaskSource(.needleSingle, settings: settings())),
            ], seed: 1)
        let documents = try mixture.documents().prefix(400)
        // Of 400 draws, the standard deviation is 9.
        #expect(abs(documents.count { $0.metric == .exactMatch } - 300) < 40)
        // Each part gives its own documents in their order.
        let needles = documents.filter { $0.metric == .stringMatchAll }
        #expect(try needles == mixture.parts[1].source.documents().prefix(needles.count))
        #expect(MixtureSource(mixture.parts, seed: 2).identity != mixture.identity)
    }
}
