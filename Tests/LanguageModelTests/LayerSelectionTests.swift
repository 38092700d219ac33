import Testing

@testable import LanguageModel

@Suite struct LayerSelectionTests {
    @Test(arguments: [
        ("all", LayerSelection.all, [0, 1, 2, 3]), ("top 1", .top(1), [3]), ("top  3", .top(3), [1, 2, 3]),
        ("top 4", .top(4), [0, 1, 2, 3]), ("0..3", .range(0...3), [0, 1, 2, 3]), ("1..2", .range(1...2), [1, 2]),
        ("2..2", .range(2...2), [2]), ("02..03", .range(2...3), [2, 3]), ("0,2,3", .list([0, 2, 3]), [0, 2, 3]),
        ("1", .list([1]), [1]),
    ])
    func selectionsAreRead(text: String, selection: LayerSelection, layers: [Int]) throws {
        #expect(LayerSelection(text) == selection)
        #expect(try selection.resolved(layers: 4) == layers)
        #expect(LayerSelection(selection.description) == selection)
    }

    @Test(arguments: [
        "", "All", "top", "top 0", "top -1", "top8", "top 1.5", "top 8 ", "3..2", "1..", "..2", "1...2", "-1..2", "1,",
        ",2",
        "2,1", "1,1", "1, 2", "+1,2", "-1", "0,99999999999999999999",
        "1 .. 2", "top 99999999999999999999", "0..99999999999999999999", "١..٢",
    ])
    func anythingElseIsNone(text: String) {
        #expect(LayerSelection(text) == nil)
    }

    @Test func layersAreWrittenInFewWords() {
        #expect(LayerSelection([1, 0, 2], of: 3) == .all && LayerSelection([1, 2], of: 3) == .range(1...2))
        #expect(LayerSelection([2, 0], of: 3) == .list([0, 2]) && LayerSelection([1], of: 3) == .range(1...1))
    }

    @Test(arguments: [LayerSelection.top(5), .range(0...4), .range(4...4), .range(7...9), .top(.max), .list([0, 4])])
    func layersThatTheModelHasNotAreRefused(selection: LayerSelection) {
        let error = #expect(throws: AdapterLayoutError.self) { try selection.resolved(layers: 4) }
        #expect(
            error?.description == "adapter: layers \(selection), but the model has 4: name some of 0..3")
    }
}
