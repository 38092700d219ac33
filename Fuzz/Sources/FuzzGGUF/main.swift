import CLibFuzzer
import Foundation
import ModelFiles

/// Reads every value and every tensor of the bytes. They may be refused with a `GGUFError`; anything else is a fault.
private func readGGUF(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let file = try GGUFFile(data: Data(UnsafeBufferPointer(start: start, count: count)))
        for value in file.metadata.values {
            _ = (value.string, value.bool, value.integer, value.float)
            for found in [value.strings?.count, value.integers?.count, value.floats?.count] {
                precondition(found == nil || found == value.count, "\(value) has \(found ?? 0) elements")
            }
        }
        for name in file.names {
            let (shape, floats) = (try file.entry(name).shape, try file.floats(name))
            precondition(floats.count == shape.reduce(1, *), "\(name) is incomplete")
            if shape.count == 2 {
                let matrix = try file.matrix(name)
                _ = (matrix.isFinite, matrix.permutingRows([0]), matrix.transposed())
            }
        }
    } catch let error as GGUFError {
        precondition(!error.description.isEmpty)
    } catch {
        preconditionFailure("an untyped error: \(error)")
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readGGUF))
