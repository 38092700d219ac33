import Foundation
import MetaTrainingSupport
import Testing

@testable import MetaTraining

@Suite struct EventFileTests {
    private let folder: TemporaryFolder
    private let date = Date(timeIntervalSince1970: 1_700_000_000.25)

    init() throws {
        folder = try TemporaryFolder()
    }

    private func scalars(_ values: KeyValuePairs<String, Float>) -> [TensorBoardScalar] {
        values.map { TensorBoardScalar(tag: $0, value: $1) }
    }

    @Test func bytesAreThoseOfTensorBoardsOwnWriter() throws {
        let file = try EventFile(path: folder.path("events"), firstStep: 300, date: date)
        let step = scalars([
            "loss/outer": 2.625, "loss/inner/1": 5.1, "loss/inner/2": 4.7, "gradient_norm": 0.3, "rate": 7e-4,
        ])
        try file.append(step: 300, step, date: date)
        try file.append(step: 300, scalars(["accuracy/4_people": 0, "accuracy/8_people": 1]), date: date)
        let tag = "größe/" + String(repeating: "x", count: 150)
        try file.append(step: 1 << 40 + 1, scalars([tag: -1e30]), date: date)
        let expected = try Data(contentsOf: TinyTraining.fixtures.appendingPathComponent("tensorboard/events.tfevents"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == expected)
    }

    @Test func pointsThatAreNotFiniteAreLeftOut() throws {
        let file = try EventFile(path: folder.path("events"), firstStep: 1)
        let figures = StepFigures(
            phase: .meta, stage: "one", loss: .nan, innerLosses: [2, 1e300], gradientNorm: .infinity, rate: 0.5,
            tokens: 9, skipped: true)
        try file.append(step: 1, figures.scalars)
        let events = try EventFileReader(Data(contentsOf: URL(fileURLWithPath: file.path))).events
        #expect(events.last?.step == 1 && events.last?.scalars == ["loss/inner/1": 2, "rate": 0.5])
    }

    @Test func laterFilesLeaveEarlierOnesAloneAndSortBehindThem() throws {
        let first = try EventFile(folder: folder.path("tensorboard"), firstStep: 1, date: date)
        try first.append(step: 1, scalars(["rate": 1]))
        let before = try folder.files(below: "tensorboard")
        #expect(before.keys.allSatisfy { $0.hasPrefix("events.out.tfevents.1700000000.") } && before.count == 1)
        // Begun within the same second, and once the clock was set back.
        let others = try [date, date - 3600].map {
            try EventFile(folder: folder.path("tensorboard"), firstStep: 2, date: $0)
        }
        let paths = [first.path] + others.map(\.path)
        #expect(paths == paths.sorted() && Set(paths).count == 3)
        #expect(try folder.files(below: "tensorboard").filter { before.keys.contains($0.key) } == before)
        let events = try EventFileReader(Data(contentsOf: URL(fileURLWithPath: others[0].path))).events
        #expect(events.map(\.fileVersion) == ["brain.Event:2", nil])
        #expect(events.map(\.sessionStatus) == [nil, 1] && events.map(\.step) == [0, 2])
    }

    @Test func placesThatCannotBeWrittenAreNamed() throws {
        try Data().write(to: folder.url.appendingPathComponent("tensorboard"))
        let path = folder.path("tensorboard")
        let file = #expect(throws: EventFileError.self) { try EventFile(folder: path, firstStep: 1) }
        #expect(file?.path == path && file?.problem.contains("is not a folder to write in") == true)
        let missing = #expect(throws: EventFileError.self) { try EventFile(path: "/no/such/events", firstStep: 1) }
        #expect(missing?.path == "/no/such/events" && missing?.problem.contains("cannot be opened") == true)
        let full = #expect(throws: EventFileError.self) { try EventFile(path: "/dev/full", firstStep: 1) }
        #expect(full?.path == "/dev/full" && full?.problem.contains("cannot be written") == true)
    }
}
