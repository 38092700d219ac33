import ArgumentParser
import Foundation

/// Where a command writes, and whether it may replace what is there.
public struct OutputOption: ParsableArguments {
    @Option(help: ArgumentHelp("The file or the directory to write.", valueName: "path"))
    public var output: String

    @Flag(help: "Replace what is there.")
    public var overwrite = false

    public init() {}

    /// The path, where nothing stands yet, or an empty directory, unless it may be replaced.
    ///
    /// - Throws: `OutputExists`.
    public func path() throws -> String {
        guard !overwrite, FileManager.default.fileExists(atPath: output) else { return output }
        guard (try? FileManager.default.contentsOfDirectory(atPath: output))?.isEmpty == true else {
            throw OutputExists(path: output)
        }
        return output
    }
}

/// Something stands where a command is to write.
struct OutputExists: Error, Equatable, CustomStringConvertible {
    let path: String

    var description: String { "--output \(path): is there already; name another place, or add --overwrite" }
}
