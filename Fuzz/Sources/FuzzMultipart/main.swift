import CLibFuzzer
import Foundation
import HTTPFormats

/// Reads a form, whose first line is the type of its content. It may be refused with a `MultipartError`; anything else is
/// a fault.
private func readForm(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let type = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    let body = Array(bytes.drop { $0 != 0x0A }.dropFirst())
    do throws(MultipartError) {
        let form = try MultipartForm(body, contentType: type)
        precondition(form.parts.count <= MultipartForm.partLimit)
        precondition(form.parts.reduce(0) { $0 + $1.content.count } <= body.count)
    } catch {
        precondition(!error.description.isEmpty)
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readForm))
