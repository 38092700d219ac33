import Foundation
import SeededRandom

/// First names and surnames of people, from a public list; `census-names.json` says where they come from.
struct CensusNames: Decodable, Sendable {
    let women, surnames: [String]
    /// Those of women, then those of men.
    let firstNames: [String]

    private init(women: [String], men: [String], surnames: [String]) {
        (self.women, self.surnames, firstNames) = (women, surnames, women + men)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func names(_ key: CodingKeys) throws -> [String] {
            try container.decode([String].self, forKey: key).flatMap { $0.split(separator: " ").map(String.init) }
        }
        self.init(women: try names(.women), men: try names(.men), surnames: try names(.surnames))
    }

    enum CodingKeys: String, CodingKey {
        case women, men, surnames
    }

    static let embedded: CensusNames = {
        do {
            return try JSONDecoder().decode(CensusNames.self, from: Data(PackageResources.census_names_json))
        } catch {
            preconditionFailure("the embedded census-names.json is damaged: \(error)")
        }
    }()

    /// The names of a split: evaluation has the held-out tenth, training and vocabularies have the others.
    static func of(_ split: DataSplit) -> CensusNames { split.hasHeldOut ? evaluation : training }

    /// A made-up name that is none of the listed ones.
    static func madeUpName(using random: inout RandomSource) -> String {
        while true {
            let name = MadeUpName.drawn(using: &random)
            if !listed.contains(name) { return name }
        }
    }

    private static let listed = Set(embedded.firstNames + embedded.surnames)
    private static let training = embedded.filtered { !DataSplit.isHeldOut($0) }
    private static let evaluation = embedded.filtered { DataSplit.isHeldOut($0) }

    private func filtered(_ belongs: (String) -> Bool) -> CensusNames {
        CensusNames(
            women: women.filter(belongs), men: firstNames.dropFirst(women.count).filter(belongs),
            surnames: surnames.filter(belongs))
    }
}

/// Names composed of syllables, such as "Traimo" or "Kelloshi". A vocabulary trained on the listed names cuts them into
/// several pieces, so that a learner meets names of more than one piece, each of them new.
enum MadeUpName {
    private static let onsets =
        "b c d f g h j k l m n p r s t v w br ch cl cr dr fl fr gr kr pr sh sl st th tr".words + blanks(3)
    private static let nuclei = "a a e e i i o o u ai ea ie y".words
    private static let codas = "n r l s t d m k x nd rt ll th sh".words + blanks(14)

    /// A capitalized name of two or three syllables. The most common length is two.
    static func drawn(using random: inout RandomSource) -> String {
        word(using: &random).capitalized
    }

    /// The same without the capital.
    static func word(using random: inout RandomSource) -> String {
        var word = ""
        for _ in 0..<random.choice(of: [2, 2, 3]) {
            word += random.choice(of: onsets) + random.choice(of: nuclei) + random.choice(of: codas)
        }
        return word
    }

    /// Syllables without an onset or a coda are drawn as often as this many of those with one.
    private static func blanks(_ count: Int) -> [String] { Array(repeating: "", count: count) }
}

extension String {
    fileprivate var words: [String] { split(separator: " ").map(String.init) }
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
