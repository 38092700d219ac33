import DocumentService
import Foundation
import PERKModel
import Testing
import TinyModels

@testable import Serve

/// What keeps a service from starting.
@Suite struct StartingTests {
    private let folder: TinyModelDirectory

    init() throws {
        folder = try TinyModelDirectory()
    }

    private func outcome(_ arguments: [String]) throws -> ServeProcess.Outcome {
        try ServeProcess(arguments, log: folder.path("log.txt")).finish()
    }

    @Test func missingModelIsNamed() throws {
        for command in [[], ["ask", "--document", try folder.write("Zoe.", to: "zoe.txt"), "Who?"], ["eval"]] {
            let outcome = try outcome(command + ["--model", "/no/such/model"])
            #expect(outcome.status == 1 && outcome.output.split(separator: "\n").count { !$0.hasPrefix("people") } == 0)
            #expect(outcome.log.hasPrefix("error: /no/such/model does not exist: give"))
        }
    }

    @Test func theFolderOfARunIsItsBestCheckpoint() throws {
        let run = folder.path("run")
        try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: folder.model, toPath: "\(run)/checkpoint-7")
        try Data("checkpoint-7".utf8).write(to: URL(fileURLWithPath: "\(run)/best"))
        try Data("checkpoint-9".utf8).write(to: URL(fileURLWithPath: "\(run)/latest"))
        let document = try folder.write("Zoe lives in Oslo.", to: "zoe.txt")
        let outcome = try outcome(["ask", "--model", run, "--document", document, "--no-cache", "Where does Zoe live?"])
        #expect(outcome.status == 0 && outcome.log.contains("run/checkpoint-7"), "\(outcome)")
    }

    @Test func damagedModelIsNamed() throws {
        try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder.model)/perk.json"))
        let outcome = try outcome(["--model", folder.model, "--no-cache"])
        #expect(outcome.status == 1)
        #expect(outcome.log == "error: \(folder.model)/perk.json: version is missing\n")
    }

    @Test func wrongArgumentsAreNamed() throws {
        let file = try folder.write("", to: "file")
        let arguments: [([String], Int32, String)] = [
            (["--no-cache", "--allow-documents", "/no/such"], 1, "/no/such"),
            (["--cache", "\(file)/cache.sqlite"], 1, file),
            (["--cache", try folder.write("no database", to: "notes.txt")], 0, "notes.txt"),
            (["--threads", "0"], 64, "--threads"),
            (["--thread", "1"], 64, "--thread"),
            (["ask", "--document", "/no/such.txt", "--no-cache", "Who?"], 1, "/no/such.txt"),
            (["demo", "/no/such", "--no-cache"], 1, "/no/such"),
        ]
        for (arguments, status, words) in arguments {
            let outcome = try outcome(arguments + ["--model", folder.model])
            #expect(outcome.status == status && outcome.output.isEmpty, "\(arguments): \(outcome)")
            #expect(outcome.log.contains(words), "\(arguments): \(outcome.log)")
            #expect(!outcome.log.contains("Fatal error"))
        }
    }

    /// A cache that cannot be read is put aside, never overwritten.
    @Test func damagedCacheIsKept() async throws {
        let cache = try folder.write(String(repeating: "no database ", count: 1000), to: "cache.sqlite")
        let options = try ServiceOptions.parse(["--model", folder.model, "--cache", cache, "--log-level", "critical"])
        let service = try makeService(options: options)
        #expect(try await service.documents().isEmpty)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
        let moved = try #require(files.first { $0.hasPrefix("cache.sqlite.damaged-") && !$0.hasSuffix("-wal") })
        #expect(try String(contentsOfFile: folder.path(moved), encoding: .utf8).hasPrefix("no database"))
    }

    @Test func serviceIsMadeAsTheOptionsSay() async throws {
        let options = try ServiceOptions.parse([
            "--model", folder.model, "--cache", folder.path("new/folder/cache.sqlite"), "--cache-bytes", "1MB",
            "--max-document-tokens", "5",
        ])
        let service = try makeService(options: options, waitingDocuments: 3)
        let status = try await service.status()
        #expect(status.model == folder.model && status.cache.path == folder.path("new/folder/cache.sqlite"))
        #expect(status.cache.byteLimit == 1_000_000)
        #expect(status.limits.documentTokens == 5 && status.limits.waitingDocuments == 3)
        await #expect(throws: QuestionAnsweringError.self) {
            try await service.submit(SubmitRequest(text: "Zoe lives in Oslo."))
        }
    }

    @Test func namedModelIsTaken() throws {
        #expect(try ServiceOptions.parse(["--model", "some/where"]).model.path() == "some/where")
        let error = NoDefaultModelError.nowhere(["a", "b"])
        #expect(error.description.hasPrefix("no model found in a or b"))
        #expect(PerkServe.advice(on: error)?.hasPrefix("--model names one") == true)
    }

    static let embeddedModel = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/default-model").path

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "\(embeddedModel)/perk.json")))
    func embeddedModelIsTheDefault() throws {
        let directory = try ServiceOptions.parse([]).model.path()
        #expect(directory == Self.embeddedModel)
        #expect(try AnsweringModel(path: directory).learned.adapter.layout.rank > 0)
    }
}
