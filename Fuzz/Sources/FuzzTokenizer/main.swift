import CLibFuzzer
import Foundation
import Tokenization

/// Makes a tokenizer of the bytes and encodes a text with it. They may be refused with a `TokenizationError`; anything
/// else is a fault.
private func readTokenizer(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Data(UnsafeBufferPointer(start: start, count: count))
    do {
        let tokenizer = try ByteLevelTokenizer(serialized: bytes, source: "tokenizer.json")
        let tokens = try tokenizer.encode("The Ünlaut's 12 <|end|>\r\n\t 猫\u{301}", parsingSpecialTokens: true)
        _ = try tokenizer.decode(tokens, showingSpecialTokens: true)
    } catch let error as TokenizationError {
        precondition(!error.description.isEmpty)
    } catch {
        preconditionFailure("an untyped error: \(error)")
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readTokenizer))
