import Foundation
import SeededRandom

/// The words that generated documents are about, in lists of their own for training and for evaluation.
struct GeneratorWords: Decodable, Sendable {
    /// Two lists that have nothing in common.
    struct Lists<Word: Decodable & Sendable>: Decodable, Sendable {
        let training, evaluation: [Word]

        /// A vocabulary may know the words of training, never those of evaluation. A calibration has these, for it is to
        /// hold for words that training does not see.
        subscript(split: DataSplit) -> [Word] {
            switch split {
            case .training, .vocabulary: training
            case .evaluation, .calibration: evaluation
            }
        }
    }

    struct School: Decodable, Sendable {
        let school: String
        let majors: [String]
    }

    /// What interfaces of one domain do, and with what.
    struct Domain: Decodable, Sendable {
        let domain: String
        let actions, subjects: [String]
    }

    let people, places, objects: Lists<String>
    let schools: Lists<School>
    let interfaces: Lists<Domain>
    let traits, adjectives, nouns: Lists<String>

    static let embedded: GeneratorWords = {
        do {
            return try JSONDecoder().decode(GeneratorWords.self, from: Data(PackageResources.generator_words_json))
        } catch {
            preconditionFailure("the embedded generator-words.json is damaged: \(error)")
        }
    }()
}

extension GeneratorSettings {
    /// The first names of people.
    var firstNames: [String] {
        world == .wide ? CensusNames.of(split).firstNames : GeneratorWords.embedded.people[split]
    }
}
