import Foundation
import FoundationXML
import Testing

@testable import HTMLReports

/// The elements and texts of markup, read by an XML parser.
final class ParsedMarkup: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
    }

    private(set) var elements: [Element] = []
    private(set) var text = ""

    /// Fails the test where the markup is not well-formed.
    init(_ source: String) throws {
        super.init()
        let parser = XMLParser(data: Data(source.utf8))
        parser.delegate = self
        try #require(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }

    func elements(_ name: String, class wanted: String? = nil) -> [Element] {
        elements.filter { element in
            let classes = element.attributes["class", default: ""].split(separator: " ")
            return element.name == name && (wanted.map { classes.contains(Substring($0)) } ?? true)
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
