import Testing

@testable import HTMLReports

@Suite struct ShadingTests {
    private func shades(_ elements: [ParsedMarkup.Element]) -> [String?] { elements.map { $0.attributes["class"] } }

    @Test func heatMapsShadeByValue() throws {
        let map = HeatMap(
            "Rates", rowTitle: "layer", rows: ["0", "1"], columnTitle: "step", columns: ["1", "2"],
            values: [[0.001, 0.01], [0.1, .nan]], scale: .logarithmic)
        let parsed = try ParsedMarkup(map.figure.source)
        let faintest = 0
        let strongest = StyleSheet.shades - 1
        let cells = shades(parsed.elements("rect"))
        #expect(cells.count == 3)
        // The middle of equal ratios; the ends have a margin, as axes have.
        #expect(cells[1] == "shade-\((faintest + strongest + 1) / 2)")
        #expect(cells[0] == "shade-\(faintest + 1)" && cells[2] == "shade-\(strongest - 1)")
        #expect(parsed.text.contains("layer 1, step 1: 0.100") && !parsed.text.contains("nan"))
    }

    /// Maps of one range are shaded alike: where all values are its least, in the faintest shade.
    @Test func aGivenRangeIsTheScale() throws {
        func cells(_ values: [Double]) throws -> [String?] {
            let map = HeatMap(
                "Scores", rowTitle: "depth", rows: ["0"], columnTitle: "tokens", columns: values.map { "\($0)" },
                values: [values], range: 0...1)
            return shades(try ParsedMarkup(map.figure.source).elements("rect"))
        }
        let strongest = StyleSheet.shades - 1
        #expect(try cells([0, 0]) == ["shade-0", "shade-0"])
        #expect(try cells([1, 1]) == ["shade-\(strongest)", "shade-\(strongest)"])
        #expect(try cells([0.5]) == ["shade-\((strongest + 1) / 2)"])
    }

    @Test func narrowCellsKeepTheirValuesInTitlesAlone() throws {
        let columns = (1...40).map(String.init)
        let map = HeatMap(
            "Rates", rowTitle: "layer", rows: ["0"], columnTitle: "step", columns: columns,
            values: [columns.map { _ in 0.5 }])
        let parsed = try ParsedMarkup(map.figure.source)
        #expect(parsed.elements("rect").count == 40 && parsed.elements("text", class: "value").isEmpty)
        #expect(parsed.text.contains("step 40: 0.500"))
    }

    @Test func textIsShadedWithinItsRange() throws {
        let text = ShadedText(
            lines: [
                [.init("<Zoe>", value: 0), .init(" lives", value: 2)], [.init("x", value: nil), .init("y", value: 9)],
            ],
            range: 0...2)
        let parsed = try ParsedMarkup(text.markup.source)
        let spans = parsed.elements("span")
        #expect(shades(spans) == ["shade-0", "shade-\(StyleSheet.shades - 1)", nil, "shade-\(StyleSheet.shades - 1)"])
        #expect(spans.map { $0.attributes["title"] } == ["0", "2.00", nil, "9.00"])
        #expect(parsed.elements("li").count == 2 && parsed.text.contains("<Zoe> lives"))
    }

    @Test func equalOrMissingValuesHaveAShade() throws {
        #expect(Shade.className(.nan) == "shade-0" && Shade.className(-1) == "shade-0")
        let text = ShadedText(lines: [[.init("a", value: 1)]], range: 1...1)
        #expect(try ParsedMarkup(text.markup.source).elements("span", class: "shade-8").count == 1)
    }
}
