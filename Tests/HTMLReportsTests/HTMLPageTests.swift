import Foundation
import Testing

@testable import HTMLReports

@Suite struct HTMLPageTests {
    private let page: HTMLPage = {
        let plot = LinePlot(
            "Loss", x: Axis("step"), y: Axis("loss"), curves: [Curve("a", [.init(x: 0, y: 1), .init(x: 1, y: 2)])])
        let map = HeatMap(
            "Map", rowTitle: "r", rows: ["1"], columnTitle: "c", columns: ["1"], values: [[1]])
        let table = Table(
            "Results", columns: [.init("Set"), .init("Accuracy", isNumeric: true)], rows: [["<b>x</b>", "0.5"]])
        let text = ShadedText(lines: [[.init("a", value: 1)]], range: 0...1)
        return HTMLPage(
            title: "A & B", introduction: .paragraph("An \("<introduction>")"),
            sections: [
                .init("Figures", [.figures([plot.figure, map.figure]), .note("Scale \(text.scale)")]),
                .init("Tables", [table.markup, Table.properties("Settings", [("rate", "0.1")])]),
                .init("Texts", [.beside(text.markup, .paragraph("b")), .folded("more", text: "a: <1>\n")]),
            ])
    }()

    @Test func pagesAreWellFormed() throws {
        let parsed = try ParsedMarkup(page.source)
        #expect(parsed.elements.first?.name == "html" && parsed.elements("svg").count == 2)
        #expect(parsed.elements("h2").count == 3 && parsed.elements("title").count >= 1)
        #expect(parsed.text.contains("A & B") && parsed.text.contains("An <introduction>"))
        #expect(parsed.text.contains("a: <1>\n"))
    }

    @Test func pagesNeedNothingElse() throws {
        let parsed = try ParsedMarkup(page.source)
        #expect(parsed.elements("script").isEmpty && parsed.elements("img").isEmpty)
        let links = parsed.elements.flatMap { element in ["href", "src"].compactMap { element.attributes[$0] } }
        #expect(links == ["data:,"])
        #expect(!page.source.contains("@import") && !page.source.contains("url("))
        #expect(page.source.contains("prefers-color-scheme: dark") && page.source.contains("@media print"))
    }

    @Test func everyShadeAndColorHasARule() {
        for shade in 0..<StyleSheet.shades { #expect(page.source.contains(".shade-\(shade) {")) }
        for color in 0..<StyleSheet.seriesColors {
            // Set for light and for dark.
            #expect(page.source.components(separatedBy: "--series-\(color): #").count == 3)
        }
    }

    @Test func tablesScrollInBoxesOfTheirOwn() throws {
        let parsed = try ParsedMarkup(page.source)
        #expect(parsed.elements("div", class: "scroll").count == parsed.elements("table").count)
        #expect(parsed.elements("td", class: "number").count == 1)
        #expect(parsed.elements("b").count == 1)
    }
}
