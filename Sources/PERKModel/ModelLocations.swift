import Digests
import Foundation
import StrictConfiguration

/// The folders in which a model is looked for by its name, such as `SmolLM2-135M-Instruct.Q4_1.gguf` or `default-model`.
public struct ModelLocations: Equatable, Sendable {
    /// In the order in which they are searched.
    public var folders: [URL]

    public init(folders: [URL]) { self.folders = folders }

    /// `models` in the current folder, then the folders that come with the program.
    ///
    /// - Parameters:
    ///   - program: see `init(of:)`.
    ///   - currentDirectory: the folder of which `models` is searched first.
    public init(
        program: URL = Self.runningProgram,
        currentDirectory: URL = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    ) {
        self = ModelLocations(of: program).searchedAfter(currentDirectory.appending(path: "models"))
    }

    /// The folders that come with a program: `models` beside it, and `share/perk/models` below the prefix whose `bin`
    /// holds it; for a program that was built in a checkout, and lies below its `.build`, the checkout's `models` and
    /// `Fixtures` too.
    ///
    /// - Parameter program: links to it are followed, so that one in a search path counts as the program.
    public init(of program: URL) {
        let binaries = program.resolvingSymlinksInPath().deletingLastPathComponent()
        folders = [
            binaries.appending(path: "models"),
            binaries.deletingLastPathComponent().appending(path: "share/perk/models"),
        ]
        let components = binaries.pathComponents
        if let build = components.lastIndex(where: { $0.hasPrefix(".build") }) {
            let checkout = components[..<build].reduce(URL(fileURLWithPath: "/")) { $0.appending(path: $1) }
            folders += [checkout.appending(path: "models"), checkout.appending(path: "Fixtures")]
        }
        folders = folders.map(\.standardizedFileURL)
    }

    /// The program that is running. Not its first argument, which says nothing of the folder where a shell found it by its
    /// search path.
    public static var runningProgram: URL { Bundle.main.executableURL ?? Bundle.main.bundleURL }

    /// The same folders after `folder`.
    public func searchedAfter(_ folder: URL) -> ModelLocations {
        ModelLocations(folders: [folder.standardizedFileURL] + folders)
    }

    /// Where a model of this name may lie, whether or not it does.
    public func places(of name: String) -> [URL] { folders.map { $0.appending(path: name) } }

    /// Where the first file or folder of this name lies; `nil` where there is none.
    public func place(of name: String) -> URL? {
        places(of: name).first { FileManager.default.fileExists(atPath: $0.path) }
    }
}

extension ModelLocations {
    /// Where the default model is: what the environment variable `PERK_MODEL` names, or `default-model` in one of these
    /// folders.
    ///
    /// - Throws: `NoDefaultModelError`.
    public func defaultModel(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(NoDefaultModelError) -> String {
        if let named = environment["PERK_MODEL"], !named.isEmpty {
            guard FileManager.default.fileExists(atPath: named) else { throw .missing(named) }
            return named
        }
        guard let place = place(of: "default-model") else { throw .nowhere(places(of: "default-model").map(\.path)) }
        return place.path
    }
}

/// No default model is there.
public enum NoDefaultModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The environment variable names a path where there is nothing.
    case missing(String)
    /// None of the places has one.
    case nowhere([String])

    public var description: String {
        switch self {
        case .missing(let path): "the environment variable PERK_MODEL names \(path), which does not exist"
        case .nowhere(let places):
            "no model found in \(places.joined(separator: " or ")), and the environment variable PERK_MODEL names none"
        }
    }
}

/// The base model of a start of learning that lies apart from it: `base` in `perk.json`.
public struct BaseReference: Equatable, Sendable {
    /// The name of the GGUF file, or of the folder that holds Hugging Face's files.
    public var file: String
    /// The SHA-256 digest of the file; of a folder, that of the names and contents of the model's files.
    public var digest: Digest

    public init(file: String, digest: Digest) {
        (self.file, self.digest) = (file, digest)
    }

    /// Where the base of the start in the folder `start` lies: at `stated`, or else in the start's folder, beside it, or in
    /// one of `locations`.
    ///
    /// - Throws: `BaseModelMissing`; where a place holds a model that cannot be read, the error that says so.
    func path(for start: String, stated: String?, locations: ModelLocations) throws -> String {
        let folder = URL(fileURLWithPath: start).standardizedFileURL
        let nearby = ModelLocations(folders: [folder, folder.deletingLastPathComponent()] + locations.folders)
        let places = stated.map { [URL(fileURLWithPath: $0)] } ?? nearby.places(of: file)
        var others: [String] = []
        for place in places where FileManager.default.fileExists(atPath: place.path) {
            if try BaseReference(path: place.path).digest == digest { return place.path }
            others.append(place.path)
        }
        throw BaseModelMissing(start: start, base: self, places: places.map(\.path), others: others)
    }
}

extension BaseReference: ConfigurationSection {
    package init() { self.init(file: "", digest: Digest(of: Data())) }

    package mutating func read(from reader: inout SectionReader) throws {
        try reader.read("file", into: &file, "The name of the GGUF file, or of the folder with Hugging Face's files")
        try reader.read(
            "digest", into: &digest, "The SHA-256 digest of the file, or of the names and contents of files")
    }

    package func validate(_ reader: SectionReader) throws {
        // A name leads to no other folder than those that are searched.
        guard !file.isEmpty, !file.contains("/"), file != "..", file != "." else {
            throw reader.refusal("file", "\"\(file)\" is not the name of a file; give one without a folder")
        }
    }
}

extension Digest: ConfigurationText {
    package static let expectation = "64 lower-case hexadecimal digits"

    package init?(text: String) {
        guard let digest = try? Digest(parsing: text) else { return nil }
        self = digest
    }

    package var text: String { hexadecimal }
}

/// A start of learning whose base model is not where it was looked for, or is another one.
public struct BaseModelMissing: Error, Equatable, Sendable, CustomStringConvertible {
    public let start: String
    public let base: BaseReference
    /// Where it was looked for.
    public let places: [String]
    /// Those of them that hold a model with another digest.
    public let others: [String]

    public var description: String {
        guard others.isEmpty else {
            return
                "\(start) was learned around the base model \(base.file) with the SHA-256 digest \(base.digest), and "
                + "\(others.joined(separator: " and ")) is another one: fetch that model, or name the file that holds it"
        }
        return "\(start) holds no base model, and \(base.file), around which it was learned, is not at "
            + "\(places.joined(separator: " or ")): put it there, or name the file"
    }
}
