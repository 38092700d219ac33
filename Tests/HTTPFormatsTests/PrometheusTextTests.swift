import HTTPFormats
import Testing

@Suite struct PrometheusTextTests {
    @Test func familiesHaveHelpTypeAndSamples() {
        var text = PrometheusText()
        text.add(
            "a_total", .counter, help: "Lines\nand \\.",
            [.init(3, labels: [("route", "/\"x\"\\\n"), ("b", "é")]), .init(0.5)])
        text.add("none", .gauge, help: "Nothing.", [])
        text.add("g", .gauge, help: "Odd.", [.init(.infinity), .init(-.infinity), .init(.nan)])
        #expect(
            text.text == """
                # HELP a_total Lines\\nand \\\\.
                # TYPE a_total counter
                a_total{route="/\\"x\\"\\\\\\n",b="é"} 3
                a_total 0.5
                # HELP g Odd.
                # TYPE g gauge
                g +Inf
                g -Inf
                g NaN

                """)
    }

    @Test func bucketsAreCumulative() {
        var histogram = Histogram(bounds: [1, 2.5])
        for value in [0.5, 1, 2, 9] { histogram.observe(value) }
        let samples = histogram.samples(labels: [("route", "/")])
        #expect(samples.map(\.suffix) == ["_bucket", "_bucket", "_bucket", "_sum", "_count"])
        #expect(samples.map(\.value) == [2, 3, 4, 12.5, 4])
        #expect(samples.compactMap { $0.labels.last?.value } == ["1.0", "2.5", "+Inf", "/", "/"])
    }
}

@Suite struct ServerSentEventTests {
    @Test(arguments: [
        ("{}", nil, "data: {}\n\n"), ("a\nb\r\nc\rd", "e", "event: e\ndata: a\ndata: b\ndata: c\ndata: d\n\n"),
        ("a\u{2028}b", nil, "data: a\u{2028}b\n\n"), ("", nil, "data: \n\n"),
    ])
    func linesOfDataAreKept(_ data: String, name: String?, stream: String) {
        #expect(ServerSentEvent.bytes(data, name: name) == Array(stream.utf8))
    }
}
