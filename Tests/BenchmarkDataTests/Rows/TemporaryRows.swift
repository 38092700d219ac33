import Foundation
import StrictJSON

@testable import LongContextBenchmarks

/// A file of rows that goes when it is let go of.
final class TemporaryRows {
    private let folder = URL.temporaryDirectory.appending(path: UUID().uuidString)
    let path: String

    init(_ bytes: [UInt8], name: String = "train.jsonl") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        path = file.path
        try Data(bytes).write(to: file)
    }

    convenience init(_ text: String, name: String = "train.jsonl") throws {
        try self.init(Array(text.utf8), name: name)
    }

    deinit {
        // The system clears its temporary folder anyway.
        try? FileManager.default.removeItem(at: folder)
    }

    /// All rows, with what is wrong with those that cannot be read, the folder left out.
    func rows(format: RowFormat? = nil) throws -> [Result<BenchmarkRow, RowFailure>] {
        let file = try RowFile(path: path, format: format)
        return (0..<file.count).map { position in
            do throws(RowError) {
                return .success(try file.row(at: position))
            } catch {
                return .failure(RowFailure(message: message(error)))
            }
        }
    }

    /// What opening the file fails with.
    func openingFailure(format: RowFormat? = nil) -> String? {
        do throws(RowError) {
            _ = try RowFile(path: path, format: format)
            return nil
        } catch {
            return message(error)
        }
    }

    private func message(_ error: RowError) -> String {
        error.description.replacing(folder.path + "/", with: "")
    }
}

struct RowFailure: Error, Equatable {
    let message: String
}

extension BenchmarkRow {
    /// A row in the format that is guessed for it.
    init(json: String) throws(RowFault) {
        let tree: JSONTree
        do throws(JSONSyntaxError) {
            tree = try JSONReader.read(Array(json.utf8), depthLimit: 32)
        } catch {
            throw RowFault("\(error)")
        }
        try self.init(tree, format: RowFormat.guess(from: tree))
    }
}
