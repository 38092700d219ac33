import Foundation
import SeededRandom
import Tensors
import Testing

@testable import LanguageModel

/// Writes exported adapters with the logits under them, for `Fixtures/families/check_export.py` to compare with what PEFT
/// makes of the same files.
///
/// `PERK_EXPORT_CHECK=FOLDER swift test --filter ExportCheck` writes FOLDER/NAME/{adapter_config.json,
/// adapter_model.safetensors, ids.json, logits.json} for each family's models.
@Suite struct ExportCheckTests {
    static let folder = ProcessInfo.processInfo.environment["PERK_EXPORT_CHECK"] ?? ""

    @Test(.enabled(if: !folder.isEmpty, "PERK_EXPORT_CHECK names no folder"), arguments: FamilyFixture.names)
    func adaptersAreExportedWithTheirLogits(_ name: String) throws {
        let fixture = try FamilyFixture(name)
        let configuration = fixture.configuration
        // The rule that PEFT does not see in what is written, and not all layers.
        let layout = AdapterLayout(
            rank: 3, alpha: 5, rankStabilized: true, layers: [configuration.layers - 1], configuration: configuration)
        var random = RandomSource(seed: 3)
        let adapter = Adapter<Tensor<Float>>(layout: layout, standardDeviationOfB: 0.3, using: &random)
        let ids = try fixture.integers("greedy.prompt")
        let folder = URL(fileURLWithPath: Self.folder).appendingPathComponent(name)
        try adapter.writePEFT(to: folder.path, configuration: configuration, baseModel: nil)
        let transformer = fixture.transformer(Float.self)
        func logits(_ adapter: Adapter<Tensor<Float>>?) -> [Float] {
            let hidden = transformer.hiddenStates(
                TokenBatch([[TokenSequence(tokens: ids)]]), adapter: adapter?.constants())
            return transformer.logits(hidden.gatheringRows([Int32(ids.count - 1)])).value.scalars
        }
        let found = logits(adapter), base = logits(nil)
        #expect(zip(found, base).contains { abs($0 - $1) > 0.01 })
        try JSONEncoder().encode(ids).write(to: folder.appendingPathComponent("ids.json"))
        try JSONEncoder().encode(["logits": found]).write(to: folder.appendingPathComponent("logits.json"))
    }
}
