import Foundation
import PERKModel
import Tensors

/// The sentences of a text file, or of all that a folder holds as `.txt`, for gaps to be made in.
public struct ClozeTexts: Sendable {
    public let sentences: [String]

    /// - Throws: `ClozeTextsError` where a file cannot be read, or no sentence has a gap.
    public init(path: String) throws(ClozeTextsError) {
        var sentences: [String] = []
        for file in try Self.files(at: path) {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw ClozeTextsError(path: file, problem: "cannot be read as UTF-8: give text files")
            }
            sentences += TextFormat().parts(of: text)
        }
        var random = RandomSource(seed: 0)
        let hasGap = sentences.contains { !ClozeQuestions(sentences: [$0]).draw(1, using: &random).isEmpty }
        guard hasGap else { throw ClozeTextsError(path: path, problem: NoClozes().description) }
        self.sentences = sentences
    }

    /// The files in the order of their names.
    private static func files(at path: String) throws(ClozeTextsError) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ClozeTextsError(path: path, problem: "is not there: give a text file, or a folder of them")
        }
        guard isFolder.boolValue else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ClozeTextsError(
                path: path, problem: "cannot be listed (\(error.localizedDescription)): check its mode")
        }
        let texts = names.filter { $0.hasSuffix(".txt") }.sorted()
        guard !texts.isEmpty else {
            throw ClozeTextsError(path: path, problem: "holds no .txt file: give one that does")
        }
        return texts.map { "\(path)/\($0)" }
    }
}

/// Texts that questions cannot be made of.
public struct ClozeTextsError: Error, Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "\(path): \(problem)" }
}
