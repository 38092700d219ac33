import CLibFuzzer
import Foundation
import ModelFiles

/// Reads every tensor of the bytes. They may be refused with a `SafeTensorsError`; anything else is a fault.
private func readSafeTensors(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let file = try SafeTensorsFile(data: Data(UnsafeBufferPointer(start: start, count: count)))
        for name in file.names {
            let entry = try file.entry(name)
            let read =
                switch entry.dataType {
                case .float32, .float16, .bfloat16: try file.floats(name).count
                case .float64: try file.doubles(name).count
                case .int32, .int64: try file.int64s(name).count
                default: entry.byteRange.count / entry.dataType.byteWidth
                }
            precondition(read * entry.dataType.byteWidth == entry.byteRange.count, "\(name) is incomplete")
        }
    } catch let error as SafeTensorsError {
        precondition(!error.description.isEmpty)
    } catch {
        preconditionFailure("an untyped error: \(error)")
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readSafeTensors))
