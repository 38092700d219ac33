import ArgumentParser
import Foundation
import StrictConfiguration

/// The version of all programs of this package, with which CHANGELOG.md begins.
public let programVersion = "0.1.0"

/// What a person types first: the command that has all others as subcommands.
public protocol RootCommand: ParsableCommand {
    /// The option that an error of a library is about, or other advice in this program's terms, of which libraries know
    /// nothing; `nil` where the error says it all.
    static func advice(on error: any Error) -> String?

    /// The option whose value an error of a library is about, to stand before its message; `nil` for none.
    static func origin(of error: any Error) -> String?
}

extension RootCommand {
    public static func advice(on error: any Error) -> String? { nil }
    public static func origin(of error: any Error) -> String? { nil }

    /// Parses the arguments, runs the command, and reports errors as `error: …` on standard error.
    ///
    /// - Parameter isSilent: whether nobody is left to be told of an error.
    public static func runProgram(isSilent: (any Error) -> Bool = { _ in false }) -> Never {
        do {
            try requireKnownCommand(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            try command.run()
        } catch  where isSilent(error) {
            exit(withError: ExitCode.failure)
        } catch {
            guard !exitCode(for: error).isSuccess, !(error is ExitCode) else { exit(withError: error) }
            exit(withError: ExitCode(report(error)))
        }
        exit()
    }

    /// Writes `error: …` on standard error.
    ///
    /// - Returns: the code to exit with.
    @discardableResult
    public static func report(_ error: any Error) -> Int32 {
        let fault = FileSystemFault(error, arguments: Array(CommandLine.arguments.dropFirst()))
        let message =
            fault?.message ?? (origin(of: error).map { "\($0) " } ?? "")
            + fullMessage(for: error).trimmingPrefix("Error: ")
            + (advice(on: error).map { " (\($0))" } ?? "")
        // Where standard error is closed too, the exit status is all that can be told.
        try? FileHandle.standardError.write(contentsOf: Data("error: \(message)\n".utf8))
        return exitCode(for: error).rawValue
    }

    /// Refuses a first word that names no command, with the nearest that does. ArgumentParser itself takes it for an
    /// argument of the default command.
    ///
    /// - Throws: `ValidationError`.
    static func requireKnownCommand(_ arguments: [String]) throws {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let word = arguments.first == "help" ? arguments.dropFirst().first : arguments.first
        guard let word, !word.hasPrefix("-"), !(names + ["help"]).contains(word) else { return }
        let guess = nearestName(to: word, among: names).map { "did you mean \($0)?" }
        throw ValidationError(
            "There is no command \(word): \(guess ?? "give one of \(names.joined(separator: ", ")).")")
    }
}
