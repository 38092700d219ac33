import Foundation
import Testing

@testable import BenchmarkData

struct FactsGeneratorTests {
    private func documents(
        _ count: Int = 50, seed: UInt64 = 3, split: DataSplit = .training, world: FactsWorld = .embedded,
        _ change: (inout FactsSettings) -> Void = { _ in }
    ) throws -> [FactsDocument] {
        var settings = FactsSettings()
        change(&settings)
        var generator = try FactsGenerator(settings: settings, seed: seed, split: split, world: world)
        return (0..<count).map { _ in generator.document() }
    }

    /// The attribute that a question asks for: the one that its answer is a value of.
    private func attribute(of question: FactQuestion) -> String? {
        FactsWorld.embedded.kinds.flatMap(\.attributes).first { $0.values.contains(question.answer) }?.name
    }

    @Test func seedAndSplitDetermineTheDocuments() throws {
        #expect(try documents() == documents())
        #expect(try documents(seed: 3) != documents(seed: 4))
        let training = Set(try documents(500).map(\.text))
        let evaluation = Set(try documents(500, split: .evaluation).map(\.text))
        #expect(training.count == 500 && evaluation.count == 500)
        #expect(training.isDisjoint(with: evaluation))
    }

    /// Recorded in one run and compared in every other: nothing may hang on the order of a dictionary or a set.
    @Test func theSameSeedGivesTheSameDocumentInEveryRun() throws {
        let document = try #require(
            documents(1, seed: 8, world: TinyWorld.world()) {
                ($0.minimumPeople, $0.maximumPeople) = (2, 2)
                ($0.minimumDistractors, $0.maximumDistractors) = (3, 3)
                $0.statementPhrasings = 2
                $0.newNames = 0.6
                $0.questionsPerDocument = 2
            }.first)
        let text = """
            Nothing happened. Oslo is where Cy lives. Nundclea has a dog.

            It was warm on Friday. Cy has a dog. Nundclea lives in Oslo. Nothing happened.
            """
        #expect(document.text == text)
        #expect(
            document.questions == [
                FactQuestion(question: "Where does Cy live?", answer: "Oslo", support: [1]),
                FactQuestion(question: "What pet does Nundclea have?", answer: "dog", support: [2]),
            ])
    }

    @Test func countsStayWithinTheirRangesAndReachBothEnds() throws {
        let documents = try documents(200) {
            ($0.minimumPeople, $0.maximumPeople) = (1, 3)
            ($0.minimumDistractors, $0.maximumDistractors) = (0, 2)
            $0.factsPerEntity = 2
        }
        let names = Set(FactsWorld.embedded.kinds[0].entities)
        let facts = documents.map { document in
            document.sentences.count { !names.isDisjoint(with: $0.components(separatedBy: .letters.inverted)) }
        }
        #expect(Set(facts) == [2, 4, 6])
        let distractors = zip(documents, facts).map { $0.sentences.count - $1 }
        #expect(Set(distractors) == [0, 1, 2])
    }

    @Test func placesAndThingsAreSpokenOfWhenAsked() throws {
        let documents = try documents(100) {
            ($0.minimumPeople, $0.maximumPeople) = (0, 0)
            ($0.minimumPlaces, $0.maximumPlaces) = (1, 1)
            ($0.minimumThings, $0.maximumThings) = (1, 1)
        }
        let attributes = Set(documents.flatMap(\.questions).map(attribute))
        #expect(attributes == ["country", "river", "product", "landmark", "room", "owner", "month"])
    }

    @Test func onlyTheFirstPhrasingsAndAttributesAreInUse() throws {
        let documents = try documents {
            $0.attributesInUse = 2
            $0.factsPerEntity = 2
        }
        for document in documents {
            for sentence in document.sentences {
                #expect(sentence.contains(" lives in ") != sentence.contains(" works as a "), "\(sentence)")
            }
            for question in document.questions.map(\.question) {
                #expect(question.hasPrefix("Where does ") != question.hasSuffix("'s job?"), "\(question)")
            }
        }
    }

    @Test func sharedAttributesAreTheSameForAllOfAKind() throws {
        func attributesPerDocument(shared: Bool) throws -> Set<Int> {
            let documents = try documents(100) {
                ($0.minimumPeople, $0.maximumPeople) = (4, 4)
                $0.factsPerEntity = 2
                $0.sharesAttributes = shared
            }
            return Set(documents.map { Set($0.questions.map(attribute)).count })
        }
        #expect(try attributesPerDocument(shared: true) == [2])
        #expect(try attributesPerDocument(shared: false).contains(4))
    }

    @Test func noFactIsAskedAgainBeforeAllHaveBeenAsked() throws {
        let once = try documents { ($0.minimumPeople, $0.maximumPeople) = (2, 2) }
        for document in once {
            #expect(Set(document.questions.map(\.support)).count == 8)
        }
        let again = try documents {
            ($0.minimumPeople, $0.maximumPeople) = (1, 1)
            $0.questionsPerDocument = 10
        }
        for document in again {
            let times = Dictionary(grouping: document.questions, by: \.support).mapValues(\.count)
            #expect(times.count == 4 && document.questions.count == 10)
            #expect(times.values.allSatisfy { (2...3).contains($0) })
        }
    }

    @Test func aShareOfTheQuestionsHasNoAnswer() throws {
        let documents = try documents(200) { ($0.unanswerable, $0.factsPerEntity) = (0.25, 2) }
        let questions = documents.flatMap(\.questions)
        let unanswerable = questions.filter { $0.group == .unanswerable }
        #expect((0.2...0.3).contains(Double(unanswerable.count) / Double(questions.count)))
        #expect(unanswerable.allSatisfy { $0.answer == "unknown" && $0.support.isEmpty })
        // Who is not spoken of, and what is not said of those who are.
        let names = documents.map { document in
            FactsWorld.embedded.people.filter { name in document.sentences.contains { $0.contains(name) } }
        }
        let absent = zip(documents, names).map { document, names in
            document.questions.count { question in
                question.group == .unanswerable && !names.contains { question.question.contains($0) }
            }
        }.reduce(0, +)
        #expect(absent > unanswerable.count / 4 && absent < unanswerable.count * 3 / 4)
        // The documents are the same as without such questions, up to the questions of the first.
        #expect(try self.documents(1) { $0.factsPerEntity = 2 }[0].text == documents[0].text)
    }

    /// Of a kind that the document speaks of altogether, too.
    @Test func thereIsAlwaysSomethingThatIsNotSaid() throws {
        let documents = try documents(20, world: TinyWorld.world()) {
            ($0.minimumPeople, $0.maximumPeople) = (3, 3)
            ($0.minimumPlaces, $0.maximumPlaces, $0.minimumThings, $0.maximumThings) = (1, 1, 1, 1)
            $0.unanswerable = 1
        }
        let solver = try FactsSolver(world: TinyWorld.world())
        for document in documents {
            for question in document.questions {
                #expect(try solver.answers(to: question.question, in: document.text).isEmpty)
            }
        }
    }

    /// The first words of a document in which `people` people have one fact each: their names.
    private func names(people: Int, newNames: Double) throws -> [String] {
        let documents = try documents(1) {
            ($0.minimumPeople, $0.maximumPeople) = (people, people)
            $0.newNames = newNames
            $0.attributesInUse = 1
        }
        return documents.flatMap(\.sentences).map { String($0.prefix { $0 != " " }) }
    }

    @Test(arguments: [(0.0, 0.0...0.0), (1, 1...1), (0.25, 0.15...0.35)])
    func asManyPeopleAsAskedHaveMadeUpNames(_ newNames: Double, _ expected: ClosedRange<Double>) throws {
        let names = try names(people: 160, newNames: newNames)
        let madeUp = Set(names).subtracting(FactsWorld.embedded.kinds[0].entities)
        #expect(expected.contains(Double(madeUp.count) / 160))
    }

    @Test func madeUpNamesRepeatNeitherEachOtherNorTheWorld() throws {
        // Of so many draws some do repeat another or a word of the world, and have to be drawn again.
        let names = try names(people: 10_000, newNames: 1)
        #expect(Set(names).count == 10_000)
        #expect(Set(names.map { $0.lowercased() }).isDisjoint(with: FactsWorld.embedded.names.map { $0.lowercased() }))
        #expect(names.allSatisfy { $0.first?.isUppercase == true && $0.dropFirst().allSatisfy(\.isLowercase) })
    }

    @Test func peopleBeyondTheListGetMadeUpNames() throws {
        let names = Set(try names(people: 400, newNames: 0))
        #expect(names.count == 400)
        #expect(names.isSuperset(of: FactsWorld.embedded.kinds[0].entities))
    }
}

struct FactsDocumentTests {
    @Test func paragraphsHaveThreeToSixSentences() throws {
        var settings = FactsSettings()
        (settings.minimumPeople, settings.maximumPeople) = (1, 12)
        settings.maximumDistractors = 5
        var generator = try FactsGenerator(settings: settings, seed: 1, split: .training)
        var lengths: Set<Int> = []
        for _ in 0..<300 {
            let document = generator.document()
            lengths.formUnion(document.paragraphs.map(\.count))
            let paragraphs = document.text.split(separator: "\n\n", omittingEmptySubsequences: false)
            #expect(paragraphs.map { $0.split(separator: ".").count } == document.paragraphs.map(\.count))
            #expect(document.sentences == document.paragraphs.flatMap(\.self))
        }
        #expect(lengths == [3, 4, 5, 6])
    }

    @Test func textJoinsSentencesInOrder() {
        let document = FactsDocument(paragraphs: [["A.", "B.", "C."], ["D.", "E."]], questions: [])
        #expect(document.text == "A. B. C.\n\nD. E.")
        #expect(document.sentences == ["A.", "B.", "C.", "D.", "E."])
    }
}
