import CLibFuzzer
import Foundation
import LanguageModel
import ModelFiles
import Tensors

/// The model whose adapter is among the seeds: Fixtures/families/gguf-llama-q8_0.
private let configuration: ModelConfiguration = {
    guard
        let configuration = try? ModelConfiguration(
            vocabularySize: 271, width: 32, intermediateWidth: 32, layers: 2, heads: 4, keyValueHeads: 2)
    else { preconditionFailure("the model's sizes are possible") }
    return configuration
}()

/// Reads the bytes as an adapter of the model. They may be refused with an error that says why; anything else is a fault.
private func readAdapter(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let file = try GGUFFile(data: Data(UnsafeBufferPointer(start: start, count: count)))
        let adapter = try Adapter<Tensor<Float>>(gguf: file, configuration: configuration)
        precondition(adapter.tensors.count == 2 * adapter.layout.entries.count && adapter.layout.scale.isFinite)
    } catch let error as GGUFError {
        precondition(!error.description.isEmpty)
    } catch let error as AdapterFileError {
        precondition(!error.description.isEmpty)
    } catch {
        preconditionFailure("another error: \(error)")
    }
    return 0
}

exit(perk_fuzz(CommandLine.argc, CommandLine.unsafeArgv, readAdapter))
