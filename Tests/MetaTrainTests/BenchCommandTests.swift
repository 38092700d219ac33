import ArgumentParser
import Foundation
import LearningBenchmarks
import MetaTrainingSupport
import Testing

@testable import MetaTrain

@Suite struct BenchCommandTests {
    @Test(arguments: [
        (["--segments", "0"], "--segments"), (["--threads", "0"], "--threads"), (["--truncate", "5"], "--truncate"),
        (["--hot-bytes", "-1"], "--hot-bytes"), (["--mode", "decode", "--new-tokens", "1"], "--new-tokens"),
        (["--mode", "question"], "--model"), (["--mode", "decode", "--together"], "--together"),
        (["--mode", "speed"], "--mode"), (["--layers", "most"], "--layers"),
    ])
    func wrongArgumentsAreNamed(arguments: [String], name: String) {
        let error = #expect(throws: (any Error).self) { try BenchCommand.parse(arguments) }
        #expect(error.map { BenchCommand.message(for: $0).contains(name) } == true)
    }

    /// What is printed is one object, with the figures that the tables are made of.
    @Test(arguments: LearningBenchmark.Mode.allCases)
    func everyModePrintsItsFigures(mode: LearningBenchmark.Mode) throws {
        let folder = try TemporaryFolder()
        let model = TinyTraining.fixtures.appending(path: "default-model").path
        let run = try CommandProcess(
            [
                "bench", "--mode", mode.rawValue, "--segments", "1", "--tokens", "4", "--question-tokens", "3",
                "--new-tokens", "2", "--questions", "2", "--steps", "1", "--rank", "1", "--repeat", "1",
                "--threads", "2",
            ] + (mode == .question ? ["--model", model] : ["--arch", "tiny"])
                + (mode == .answer ? ["--together"] : []), in: folder
        ).finish()
        #expect(run.status == 0, "\(run.log)")
        let figures = try JSONDecoder().decode(Figures.self, from: Data(run.output.utf8))
        #expect(figures.mode == mode.rawValue && figures.threads == 2)
        #expect(figures.seconds > 0 && (figures.gflop > 0) == (mode != .question) && figures.peakMib > 0)
    }

    private struct Figures: Decodable {
        let mode: String
        let threads, peakMib: Int
        let seconds, gflop: Double

        enum CodingKeys: String, CodingKey {
            case mode, threads, seconds, gflop
            case peakMib = "peak_mib"
        }
    }
}
