import Foundation
import Testing

@testable import AdapterStore

struct FingerprintTests {
    /// The digest of "abc" that FIPS 180-4 gives.
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func digestIsSHA256() {
        #expect(Fingerprint(of: Data("abc".utf8)).hexadecimal == abc)
        #expect(DocumentIdentifier(of: Data("abc".utf8)).description == "sha256:" + abc)
    }

    @Test func fileHasTheDigestOfItsBytes() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("weights").path
        let bytes = adapter(1, count: 3 << 20)
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(try Fingerprint(ofFileAt: file) == Fingerprint(of: bytes))
    }

    @Test func missingFileIsNamed() {
        let error = #expect(throws: AdapterStoreError.self) { try Fingerprint(ofFileAt: "/nonexistent/weights") }
        guard case .unreadable("/nonexistent/weights", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Computed with Python: sha256 over struct.pack("<Q", len(x)) + x for each name and value in turn.
    @Test func partsAreHashedWithTheirLengths() {
        let parts = ["rank": Data("16".utf8), "base": Data([0, 1, 2]), "é": Data()]
        #expect(
            Fingerprint(parts: parts).hexadecimal == "b1d51a14b18624271dda6feb6ae9fb827c453dbd221ed25b5e20b1ad86f51280")
    }

    @Test func movingBytesBetweenPartsChangesTheDigest() {
        let fingerprints: Set<Fingerprint> = [
            Fingerprint(parts: ["ab": Data("c".utf8)]), Fingerprint(parts: ["a": Data("bc".utf8)]),
            Fingerprint(parts: ["a": Data("b".utf8), "c": Data()]), Fingerprint(parts: ["abc": Data()]),
        ]
        #expect(fingerprints.count == 4)
    }

    @Test func identifiersRoundTripThroughText() throws {
        let identifier = DocumentIdentifier(of: Data("a document".utf8))
        #expect(try DocumentIdentifier(parsing: identifier.description) == identifier)
        #expect(try Fingerprint(parsing: identifier.fingerprint.hexadecimal) == identifier.fingerprint)
    }

    @Test func otherTextIsNoIdentifier() {
        let capitals = "sha256:" + abc.uppercased()
        let fullWidth = "sha256:" + abc.dropLast() + "\u{FF11}"
        for text in ["", "sha256:", abc, "sha1:" + abc, "sha256:" + abc.dropLast(), capitals, fullWidth, "\0"] {
            #expect(throws: AdapterStoreError.malformedDocumentIdentifier(text)) {
                try DocumentIdentifier(parsing: text)
            }
        }
        #expect(throws: AdapterStoreError.malformedFingerprint("12")) { try Fingerprint(parsing: "12") }
    }
}
