import ArgumentParser
import Foundation
import LanguageModel
import PERKModel
import JSONRPC

/// `perk-serve generate`: continues a prompt with the plain model.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continue a prompt with the plain model, or with an exported adapter.",
        discussion: """
            The text is printed as it comes. Special tokens in the prompt, such as <|im_end|>, count as such. By default the \
            most likely token is taken each time.

            EXAMPLES:
              perk-serve generate --model models/SmolLM2-135M-Instruct.Q4_1.gguf --prompt 'The capital of France is'
              perk-serve generate --model gpt2/ --prompt 'Once upon a time' --tokens 50 --temperature 0.8 --seed 7
            """)

    @OptionGroup var model: ModelOption

    @Option(
        help: ArgumentHelp(
            "Adapt the model with this adapter, such as an exported one: a PEFT directory or a GGUF file.",
            valueName: "path"))
    var adapter: String?

    @Option(help: ArgumentHelp("What to continue.", valueName: "text"))
    var prompt: String

    @Option(help: ArgumentHelp("The most tokens to add.", valueName: "count"))
    var tokens = 32

    @OptionGroup var sampling: SamplingArguments

    @Flag(help: "Print one JSON object with the text, its tokens and its probability.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(tokens) else {
            throw ValidationError("--tokens is \(tokens): give a number from 1 to 1000000.")
        }
        guard !prompt.isEmpty else { throw ValidationError("--prompt is empty: give some text to continue.") }
    }

    private struct Report: Encodable {
        let text, finish: String
        let promptTokens, tokens: [Int]
        let logProbability: Double
    }

    func run() throws {
        let base = try BaseModel(path: model.path(), base: model.base)
        let output = LineWriter(descriptor: STDOUT_FILENO)
        var stream = TextStream(tokenizer: base.tokenizer)
        let continuation = try base.continuation(
            of: prompt,
            adapter: adapter.map { try Adapter(path: $0, configuration: base.configuration) },
            sampling: sampling.options(maxTokens: tokens)
        ) { token in
            if !json { try output.write(bytes: stream.append(token).utf8) }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let report = Report(
                text: continuation.text, finish: continuation.generation.stopped ? "stop" : "length",
                promptTokens: continuation.prompt, tokens: continuation.generation.tokens,
                logProbability: continuation.generation.logProbability)
            try output.write(line: encoder.encode(report))
        } else {
            try output.write(line: try stream.rest().utf8)
        }
    }
}

/// The model that a command looks into.
struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model: a GGUF file, a Hugging Face directory or a meta-trained one (default: the one that comes with the "
                + "program, or that PERK_MODEL names).",
            valueName: "path"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The base model of a start that was exported without it (default: looked for beside the start, in models, and "
                + "below the installation's prefix).",
            valueName: "path"))
    var base: String?

    /// Where the model is: the one named, or the default one.
    ///
    /// - Throws: `NoDefaultModelError`.
    func path() throws -> String { try model ?? ModelLocations(of: ModelLocations.runningProgram).defaultModel() }
}

/// How tokens are chosen.
struct SamplingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("0 takes the most likely token; above, logits are divided by it.", valueName: "number"))
    var temperature = 0.0

    @Option(help: ArgumentHelp("Draw from the likeliest tokens that have this probability.", valueName: "number"))
    var topP = 1.0

    @Option(help: ArgumentHelp("The seed of the draws.", valueName: "number"))
    var seed: UInt64 = 0

    func validate() throws {
        guard temperature.isFinite, temperature >= 0 else {
            throw ValidationError("--temperature is \(temperature): give a number of at least 0.")
        }
        guard topP > 0, topP <= 1 else {
            throw ValidationError("--top-p is \(topP): give a number above 0, at most 1.")
        }
    }

    func options(maxTokens: Int) -> SamplingOptions {
        SamplingOptions(maxTokens: maxTokens, temperature: temperature, topP: topP, seed: seed)
    }
}
