import Foundation
import Testing

@testable import AdapterStore

struct DocumentIdentifierTests {
    /// The digest of "abc" that FIPS 180-4 gives.
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func identifierIsTheDigestOfTheBytes() {
        #expect(DocumentIdentifier(of: Data("abc".utf8)).description == "sha256:" + abc)
    }

    @Test func identifiersRoundTripThroughText() throws {
        let identifier = DocumentIdentifier(of: Data("a document".utf8))
        #expect(try DocumentIdentifier(parsing: identifier.description) == identifier)
    }

    @Test func otherTextIsNoIdentifier() {
        let capitals = "sha256:" + abc.uppercased()
        let fullWidth = "sha256:" + abc.dropLast() + "\u{FF11}"
        for text in ["", "sha256:", abc, "sha1:" + abc, "sha256:" + abc.dropLast(), capitals, fullWidth, "\0"] {
            #expect(throws: AdapterStoreError.malformedDocumentIdentifier(text)) {
                try DocumentIdentifier(parsing: text)
            }
        }
    }
}
