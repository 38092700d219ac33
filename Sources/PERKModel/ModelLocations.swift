import Foundation

/// The folders in which a model is looked for by its name, such as `SmolLM2-135M-Instruct.Q4_1.gguf` or `default-model`.
public struct ModelLocations: Equatable, Sendable {
    /// In the order in which they are searched.
    public var folders: [URL]

    public init(folders: [URL]) { self.folders = folders }

    /// The folders of an installation and of a checkout: `models` in the current folder, `models` beside the program, and
    /// `share/perk/models` below the prefix whose `bin` holds the program.
    ///
    /// - Parameters:
    ///   - program: the running program; links to it are followed, so that one in a search path counts as the program.
    ///   - currentDirectory: the folder of which `models` is searched first.
    public init(
        program: URL = Bundle.main.executableURL ?? Bundle.main.bundleURL,
        currentDirectory: URL = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    ) {
        let binaries = program.resolvingSymlinksInPath().deletingLastPathComponent()
        folders = [
            currentDirectory.appending(path: "models"), binaries.appending(path: "models"),
            binaries.deletingLastPathComponent().appending(path: "share/perk/models"),
        ].map(\.standardizedFileURL)
    }

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
