import BenchmarkDataSupport
import Foundation
import StrictJSON

@testable import BenchmarkData

extension TemporaryRows {
    /// All rows, with what is wrong with those that cannot be read, the folder left out.
    func rows(format: RowFormat? = nil) throws -> [Result<QADocument, RowFailure>] {
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

extension QADocument {
    /// A row in the format that is guessed for it.
    init(json: String) throws(RowFault) {
        let tree: JSONTree
        do throws(JSONSyntaxError) {
            tree = try JSONReader.read(Array(json.utf8), depthLimit: 32)
        } catch {
            throw RowFault("\(error)")
        }
        self = try RowFormat.guess(from: tree).document(of: tree)
    }
}
