import ArgumentParser
import Foundation
import Testing

@testable import CommandSupport

private struct Root: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "root", subcommands: [Ask.self, Serve.self], defaultSubcommand: Serve.self)
}

private struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ask")
}

private struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve")
}

@Suite struct RootCommandTests {
    @Test(arguments: [
        (["aks"], "did you mean ask?"), (["Serve", "--threads", "1"], "did you mean serve?"),
        (["help", "aks"], "did you mean ask?"), (["quit"], "give one of ask, serve."),
    ])
    func unknownCommandIsAnsweredWithTheNearest(arguments: [String], words: String) throws {
        let error = try #require(throws: ValidationError.self) { try Root.requireKnownCommand(arguments) }
        #expect(error.message.hasPrefix("There is no command ") && error.message.hasSuffix(words))
    }

    @Test(arguments: [[], ["ask"], ["--threads", "1"], ["help"], ["help", "serve"], ["-h"]])
    func knownCommandsAndOptionsPass(arguments: [String]) throws {
        try Root.requireKnownCommand(arguments)
    }

    @Test func changelogBeginsWithTheVersion() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "CHANGELOG.md")
        let headings = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
            $0.hasPrefix("## ")
        }
        #expect(headings.first == "## \(programVersion)")
    }
}
