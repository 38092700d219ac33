import CLibFuzzer
import Foundation
import HTTPFormats

/// Writes a measurement with any label and help: it stays on its line, and its label ends where it should.
private func writeSample(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let label = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    let help = String(decoding: bytes.drop { $0 != 0 }.dropFirst(), as: UTF8.self)
    var text = PrometheusText()
    text.add("a", .gauge, help: help, [.init(1, labels: [("l", label)])])
    let lines = text.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    precondition(lines.count == 4 && lines[3].isEmpty)
    var value = lines[2].dropFirst("a{l=\"".utf8.count)
    var unescaped: [UInt8] = []
    while let byte = value.popFirst(), byte != UInt8(ascii: "\"") {
        guard byte == UInt8(ascii: "\\") else {
            unescaped.append(byte)
            continue
        }
        let escaped = value.popFirst()
        unescaped.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped ?? 0)
    }
    precondition(unescaped == Array(label.utf8) && value.elementsEqual("} 1".utf8))
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, writeSample))
