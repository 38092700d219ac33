import Foundation
import Testing

@testable import PERKModel

/// Where models are looked for, in a folder of the test's own.
@Suite final class ModelLocationsTests {
    private let folder = URL.temporaryDirectory.appending(path: UUID().uuidString).resolvingSymlinksInPath()

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func make(_ path: String) throws -> String {
        let url = folder.appending(path: path)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    private func locations(_ program: String) -> ModelLocations { ModelLocations(of: folder.appending(path: program)) }

    @Test func installedProgramFindsTheDefaultModelBelowItsPrefix() throws {
        let model = try make("prefix/share/perk/models/default-model")
        #expect(try locations("prefix/bin/perk-serve").defaultModel(environment: [:]) == model)
        let beside = try make("prefix/bin/models/default-model")
        #expect(try locations("prefix/bin/perk-serve").defaultModel(environment: [:]) == beside)
    }

    @Test func linkToTheProgramCountsAsTheProgram() throws {
        let model = try make("prefix/share/perk/models/default-model")
        _ = try make("prefix/bin")
        try Data().write(to: folder.appending(path: "prefix/bin/perk-serve"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "linked"), withDestinationURL: folder.appending(path: "prefix/bin/perk-serve"))
        #expect(try locations("linked").defaultModel(environment: [:]) == model)
    }

    @Test func programBuiltInACheckoutFindsItsFixtures() throws {
        let model = try make("checkout/Fixtures/default-model")
        for program in [".build/x86_64-unknown-linux-gnu/release/perk-serve", ".build-mpi/release/perk-serve"] {
            #expect(try locations("checkout/\(program)").defaultModel(environment: [:]) == model)
        }
        #expect(throws: NoDefaultModelError.self) {
            try self.locations("checkout/bin/perk").defaultModel(environment: [:])
        }
    }

    @Test func environmentNamesAnother() throws {
        _ = try make("prefix/share/perk/models/default-model")
        let other = try make("other")
        let program = locations("prefix/bin/perk-serve")
        #expect(try program.defaultModel(environment: ["PERK_MODEL": other]) == other)
        #expect(throws: NoDefaultModelError.missing("/no/such")) {
            try program.defaultModel(environment: ["PERK_MODEL": "/no/such"])
        }
    }

    @Test func placesThatWereSearchedAreNamed() {
        let error = NoDefaultModelError.nowhere(locations("bin/perk-serve").places(of: "default-model").map(\.path))
        #expect(throws: error) { try self.locations("bin/perk-serve").defaultModel(environment: [:]) }
        #expect(error.description.contains("\(folder.path)/share/perk/models/default-model"))
        #expect(error.description.contains("PERK_MODEL"))
    }
}
