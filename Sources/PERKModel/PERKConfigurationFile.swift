import Foundation
import LanguageModel
import ModelFiles
import StrictConfiguration

/// A problem with `perk.json`.
public struct PERKConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let problem: String

    public var description: String { "\(file): \(problem)" }
}

extension PERKConfiguration {
    /// The file's name within a model's directory.
    static let fileName = "perk.json"

    /// The version that is written. Its keys are those of a training's configuration; version 1 had PEFT's and others.
    private static let currentVersion = 2

    /// Reads a `perk.json` of version 1 or 2. What it leaves out has its default.
    ///
    /// - Throws: `PERKConfigurationError`.
    public init(path: String) throws(PERKConfigurationError) {
        func refusal(_ problem: String) -> PERKConfigurationError {
            PERKConfigurationError(file: path, problem: problem)
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw refusal("cannot be read (\(error.localizedDescription)): give the directory of a meta-trained model")
        }
        guard var members = try? JSONDecoder().decode([String: SettingValue].self, from: data) else {
            throw refusal("is not a JSON object: the file is damaged")
        }
        guard let version = members.removeValue(forKey: "version") else { throw refusal("version is missing") }
        let isOld = version == .integer(1)
        guard isOld || version == .integer(Self.currentVersion) else {
            let stated = if case .integer(let number) = version { "\(number)" } else { "no whole number" }
            throw refusal("version is \(stated): this program reads 1 and \(Self.currentVersion)")
        }
        if isOld { members = try PERKConfigurationVersion1.currentMembers(members, file: path) }
        do {
            try self.init(members, file: path)
        } catch let error as ConfigurationError {
            let key = isOld ? PERKConfigurationVersion1.key(error.path) : error.path
            throw refusal([key, error.explanation].filter { !$0.isEmpty }.joined(separator: ": "))
        } catch {
            throw refusal("\(error)")
        }
    }

    /// Writes the file, replacing one that is there as a whole.
    ///
    /// - Throws: `FileReplacementError`.
    public func write(to path: String) throws {
        var members = try members()
        members["version"] = .integer(Self.currentVersion)
        try replaceFile(at: path, with: [try JSONEncoder.stable.encode(members)])
    }

    /// - Throws: `PERKConfigurationError` where segments have more tokens than the base model reads.
    func require(fitting model: ModelConfiguration, file: String) throws(PERKConfigurationError) {
        guard text.segmentLimit <= model.maximumPositions else {
            throw PERKConfigurationError(
                file: file,
                problem: "a segment has up to \(text.segmentLimit) tokens, but the base model reads at most "
                    + "\(model.maximumPositions)")
        }
    }
}

extension JSONEncoder {
    /// The same value gives the same bytes.
    static var stable: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return encoder
    }
}
