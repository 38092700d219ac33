import ArgumentParser
import Foundation
import PERKModel
import JSONRPC
import Tokenization

/// `perk-serve tokenize`: text to token ids and back.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turn lines of text into token ids, or back.",
        discussion: """
            Reads lines from standard input and prints a JSON array of ids for each; with --decode reads such arrays and \
            prints a JSON string for each, since a text may hold line breaks. Special tokens count as such. The token that \
            generate and ask put before a text, where the model expects one, comes with --beginning alone.

            EXAMPLES:
              echo 'Hello world' | perk-serve tokenize --model gpt2/
              echo '[15496, 995]' | perk-serve tokenize --model gpt2/ --decode
            """)

    @OptionGroup var model: ModelOption

    @Flag(help: "Turn arrays of ids into text.")
    var decode = false

    @Flag(help: "Begin each array with the token that generate puts before a prompt, where the model expects one.")
    var beginning = false

    @Flag(help: "Read JSON strings instead of plain lines, so that a text may hold line breaks.")
    var json = false

    func validate() throws {
        guard !decode || !json else { throw ValidationError("--json is for encoding: leave it out with --decode.") }
        guard !decode || !beginning else {
            throw ValidationError("--beginning is for encoding: leave it out with --decode.")
        }
    }

    func run() throws {
        let tokenizer = try BaseModel.tokenizer(path: model.path(), base: model.base)
        let output = LineWriter(descriptor: STDOUT_FILENO)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        var lines = LineReader(descriptor: STDIN_FILENO, byteLimit: Self.longestLine, stop: StopSignal())
        var number = 0
        while let line = try lines.next() {
            number += 1
            guard case .bytes(var bytes) = line else {
                throw TokenizeInputError(line: number, expected: "at most \(Self.longestLine) bytes long")
            }
            if number == 1, bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
            do {
                if decode {
                    let ids = try parsed([Int].self, bytes, number, "a JSON array of ids")
                    try output.write(line: encoder.encode(tokenizer.decode(ids, showingSpecialTokens: true)))
                } else {
                    let text = try json ? parsed(String.self, bytes, number, "a JSON string") : text(bytes, number)
                    let ids =
                        try beginning ? tokenizer.prompt(text) : tokenizer.encode(text, parsingSpecialTokens: true)
                    try output.write(line: encoder.encode(ids))
                }
            } catch let error as TokenizationError {
                throw TokenizeInputError(line: number, problem: "\(error)")
            }
        }
    }

    /// What a text file in UTF-8 may begin with; no part of its text.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// In bytes.
    private static let longestLine = 1 << 28

    private func text(_ bytes: [UInt8], _ number: Int) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TokenizeInputError(line: number, expected: "UTF-8")
        }
        return text
    }

    private func parsed<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], _ number: Int, _ expected: String
    ) throws -> Value {
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
            throw TokenizeInputError(line: number, expected: expected)
        }
        return value
    }
}

/// A line of standard input that is not what was asked for.
struct TokenizeInputError: Error, Equatable, CustomStringConvertible {
    let line: Int
    let problem: String

    init(line: Int, problem: String) {
        self.line = line
        self.problem = problem
    }

    fileprivate init(line: Int, expected: String) {
        self.init(line: line, problem: "this is not \(expected): correct it and start again from there")
    }

    var description: String { "line \(line) of standard input: \(problem)" }
}
