import Testing

@testable import HTMLReports

@Suite struct LinePlotTests {
    private func plot(_ curves: [Curve], y: Axis = Axis("loss"), stretches: [LinePlot.Stretch] = []) -> LinePlot {
        LinePlot("Loss <& more", x: Axis("step", isTight: true), y: y, curves: curves, stretches: stretches)
    }

    private func curve(_ values: [Double], name: String = "a", style: Curve.Style = .line) -> Curve {
        Curve(name, values.enumerated().map { .init(x: Double($0), y: $1) }, style: style)
    }

    /// The coordinates of a path's points.
    private func coordinates(_ path: String) -> [(x: Double, y: Double)] {
        path.split(whereSeparator: { "ML".contains($0) }).map { point in
            let numbers = point.split(separator: " ").compactMap { Double($0.prefix { $0 != "h" }) }
            return (numbers[0], numbers[1])
        }
    }

    @Test func pointsLieWhereTheAxesSay() throws {
        let parsed = try ParsedMarkup(plot([curve([0, 1, 0.5])]).figure.source)
        let path = try #require(parsed.elements("path", class: "line").first?.attributes["d"])
        let found = coordinates(path)
        #expect(found.count == 3 && path.count { $0 == "M" } == 1)
        // The middle of the x axis, and of the y axis from 0 to 1.
        #expect(abs(found[1].x - (found[0].x + found[2].x) / 2) < 0.1)
        #expect(abs(found[2].y - (found[0].y + found[1].y) / 2) < 0.1)
        #expect(found[1].y < found[0].y)
        #expect(parsed.text.contains("Loss <& more"))
    }

    @Test func gapsInterruptTheLine() throws {
        let y = Axis("loss", scale: .logarithmic)
        let parsed = try ParsedMarkup(plot([curve([1, 2, 0, .nan, 3, -1, 4])], y: y).figure.source)
        let path = try #require(parsed.elements("path", class: "line").first?.attributes["d"])
        #expect(path.count { $0 == "M" } == 3)
        #expect(coordinates(path).count == 4)
    }

    @Test func aHundredThousandStepsStayASmallFile() throws {
        var values = (0..<100_000).map { Double(($0 &* 7919) % 1000) }
        values[50_100] = 5000
        let source = plot([curve(values)]).figure.source
        #expect(source.utf8.count < 20_000)
        let path = try #require(try ParsedMarkup(source).elements("path", class: "line").first?.attributes["d"])
        let found = coordinates(path)
        let highest = try #require(found.min { $0.y < $1.y })
        #expect(abs(highest.x - (found[0].x + found[found.count - 1].x) / 2) < 1)
    }

    @Test func intervalsAndNamesOfPoints() throws {
        let point = Curve.Point(x: 1, y: 0.5, interval: 0.25...0.75, name: "8 people")
        let other = Curve.Point(x: 2, y: 0.5)
        let parsed = try ParsedMarkup(plot([Curve("a", [point, other], style: .dots)]).figure.source)
        #expect(parsed.elements("circle", class: "point").count == 2)
        #expect(parsed.elements("path", class: "interval").count == 1)
        #expect(parsed.elements("path", class: "line").isEmpty)
        #expect(parsed.text.contains("8 people"))
    }

    @Test func legendsNameSeveralCurves() throws {
        let one = try ParsedMarkup(plot([curve([1, 2])]).figure.source)
        #expect(one.elements("li").isEmpty)
        let eight = (0..<8).map { curve([1, Double($0)], name: "curve \($0)") }
        let parsed = try ParsedMarkup(plot(eight).figure.source)
        #expect(parsed.elements("li").count == 8 && parsed.text.contains("curve 7"))
        // The palette begins again, so the curves from there on are dashed.
        #expect(parsed.elements("path", class: "dashed").count == 2 * (8 - StyleSheet.seriesColors))
    }

    @Test func stretchesThatAreTooShortForTheirNamesGetTheShortOnes() throws {
        let roomy = LinePlot.Stretch("first", shortName: "1", 0...50)
        let short = LinePlot.Stretch("a very long name indeed", shortName: "2", 50...70)
        func drawn(_ stretches: [LinePlot.Stretch]) throws -> String {
            let source = plot([curve((0...100).map(Double.init))], stretches: stretches).figure.source
            let labels = source.matches(of: /y="28" text-anchor="middle">([^<]*)</).map { String($0.1) }
            return labels.joined(separator: ",")
        }
        #expect(try drawn([roomy]) == "first")
        #expect(try drawn([roomy, short]) == "1,2")
    }

    @Test(arguments: [[], [.nan, .infinity]] as [[Double]]) func withoutDataThereIsNoPlot(values: [Double]) throws {
        let parsed = try ParsedMarkup(plot([curve(values)]).figure.source)
        #expect(parsed.elements("svg").isEmpty)
        #expect(parsed.text.contains("Nothing has been recorded"))
    }
}
