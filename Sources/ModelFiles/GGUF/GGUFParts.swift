import Foundation

/// Which part a GGUF file is of a model that lies in several, as llama.cpp's `gguf-split` writes them:
/// `NAME-00001-of-00003.gguf`. The first part has the model's metadata, each has the tables of its own tensors.
public struct GGUFParts: Equatable, Sendable {
    /// The part's number, from 0.
    let number: Int
    let count: Int
    /// The tensors of all parts together.
    let tensorCount: Int?

    /// The metadata that say this begin with it; they are no part of the model.
    static let prefix = "split."
    static let countKey = "split.count"

    /// The most parts that names of five digits tell apart.
    private static let mostParts = 99_999

    /// What the metadata of a file say; `nil` for a file that holds a model alone.
    ///
    /// - Throws: `GGUFError` where they make no sense.
    init?(_ metadata: [String: GGUFValue], file: String) throws {
        guard let count = metadata[Self.countKey]?.integer, count > 1 else { return nil }
        guard let number = metadata["split.no"]?.integer, (0..<count).contains(number), count <= Self.mostParts else {
            throw GGUFError(file: file, problem: .partNumber(metadata["split.no"]?.integer, of: count))
        }
        (self.number, self.count) = (number, count)
        tensorCount = metadata["split.tensors.count"]?.integer
    }

    /// The paths of all parts, by that of this one.
    ///
    /// - Throws: `GGUFError` where the file's name does not say which part it is.
    func paths(besides path: String) throws -> [String] {
        let ending = ending(of: number)
        guard path.hasSuffix(ending) else {
            throw GGUFError(file: path, problem: .partName(ending: ending, parts: count))
        }
        let beginning = path.dropLast(ending.count)
        return (0..<count).map { beginning + self.ending(of: $0) }
    }

    private func ending(of number: Int) -> String { Self.ending(number, of: count) }

    private static func ending(_ number: Int, of count: Int) -> String {
        func digits(_ value: Int) -> String { String(String(100_000 + value).dropFirst()) }
        return "-\(digits(number + 1))-of-\(digits(count)).gguf"
    }

    /// Those of some files' names that a model begins with: all but the further parts, whose first one is there.
    public static func beginnings(among names: [String]) -> [String] {
        let all = Set(names)
        return names.filter { name in
            guard let match = name.wholeMatch(of: /(.*)-([0-9]{5})-of-([0-9]{5})\.gguf/),
                let number = Int(match.2), let count = Int(match.3), number > 1
            else { return true }
            return !all.contains(match.1 + ending(0, of: count))
        }
    }

    /// Checks that another part belongs to the same model.
    ///
    /// - Throws: `GGUFError` that names its file.
    func require(_ other: GGUFParts?, numbered number: Int, file: String) throws {
        guard let other, other.count == count, other.number == number, other.tensorCount == tensorCount else {
            throw GGUFError(file: file, problem: .foreignPart(number: number, of: count))
        }
    }
}
