import CLibFuzzer
import Foundation
import LanguageModel

/// Reads the bytes as a `config.json`, and what was written of it again. They may be refused with a
/// `ModelConfigurationError`; anything else is a fault.
private func readConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let configuration = try ModelConfiguration(json: Data(UnsafeBufferPointer(start: start, count: count)))
        let written = try JSONEncoder().encode(configuration)
        let again = try ModelConfiguration(json: written)
        precondition(
            again == configuration, "\(configuration) is written as \(String(decoding: written, as: UTF8.self))")
    } catch let error as ModelConfigurationError {
        precondition(!error.description.isEmpty)
    } catch {
        preconditionFailure("an untyped error: \(error)")
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readConfiguration))
