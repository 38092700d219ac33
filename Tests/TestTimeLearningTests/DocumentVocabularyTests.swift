import Autodiff
import Foundation
import LanguageModel
import Tensors
import Testing

@testable import TestTimeLearning

/// The inner loss among a document's own words and some others.
@Suite struct DocumentVocabularyTests {
    private let segments = [TokenSequence(tokens: [3, 8, 5, 8]), TokenSequence(tokens: [2, 5, 900])]

    @Test(arguments: [0, 7, 100]) func ownWordsAndOthersCount(_ otherWords: Int) {
        let vocabulary = DocumentVocabulary(of: segments, otherWords: otherWords, vocabularySize: 1000)
        #expect(vocabulary.words.count == 5 + otherWords && vocabulary.words == Set(vocabulary.words).sorted())
        #expect(Set(vocabulary.words).isSuperset(of: [2, 3, 5, 8, 900]))
        let places = vocabulary.positions(of: [900, 3])
        #expect(places.map { vocabulary.words[Int($0)] } == [900, 3])
        #expect(vocabulary == DocumentVocabulary(of: segments, otherWords: otherWords, vocabularySize: 1000))
    }

    @Test func documentsHaveOthersOfTheirOwn() {
        let other = [TokenSequence(tokens: [3, 8, 5, 8, 2, 900, 5])]
        let one = DocumentVocabulary(of: segments, otherWords: 20, vocabularySize: 100_000)
        #expect(DocumentVocabulary(of: other, otherWords: 20, vocabularySize: 100_000) != one)
        #expect(DocumentVocabulary(of: other, otherWords: 2000, vocabularySize: 901).words == (0...900).map(Int32.init))
    }

    /// The losses written out from the logits of all words.
    @Test func lossesAreNormalizedAmongTheWords() throws {
        let model: MetaLearnedModel<Double> = try tinyModel()
        let documents = tinyTasks(as: Double.self).map(\.segments)
        let vocabularies = try #require(
            InnerVocabulary.document(otherWords: 1).words(
                of: documents, vocabularySize: model.configuration.vocabularySize))
        #expect(vocabularies.allSatisfy { $0.words.count < model.configuration.vocabularySize })
        let transformer: Transformer<Tensor<Double>> = model.frozen()
        let batch = TokenBatch(documents), adapter = model.adapter.map { Variable(constant: $0.repeatedTasks(2)) }
        let found = Losses(model: transformer).inner(
            batch, adapter: adapter, weighter: nil, perTarget: documents.perTarget, vocabularies: vocabularies
        ).perTask
        let logits = transformer.logits(
            transformer.hiddenStates(batch, adapter: adapter).gatheringRows(batch.predictingRows)
        ).value
        var expected = [0.0, 0.0]
        for (row, target) in batch.targets.enumerated() {
            let task = batch.targetTasks[row], scores = logits[row].scalars
            let sum = vocabularies[task].words.reduce(0) { $0 + exp(scores[Int($1)]) }
            expected[task] += (log(sum) - scores[Int(target)]) * documents.perTarget[task]
        }
        for task in 0..<2 { #expect(abs(found[task] - expected[task]) < 1e-12) }
    }

    /// So that nothing of a document's adapter depends on what is learned beside it, or on how it is divided.
    @Test func documentsDoNotDependOnTheirCompany() throws {
        var model: MetaLearnedModel<Double> = try tinyModel()
        model.innerLoop.vocabulary = .document(otherWords: 2)
        let documents = tinyTasks(as: Double.self).map(\.segments)
        let together = try DocumentEncoder(model: model).encode(documents)
        for (index, document) in documents.enumerated() {
            var divided = model
            divided.innerLoop.microBatchTokens = 8
            let alone = try DocumentEncoder(model: divided).encode([document])
            for (found, expected) in zip(together.adapter.tensors, alone.adapter.tensors) {
                #expect(relativeError(of: found[index], from: expected[0]) < 1e-9)
            }
        }
    }
}
