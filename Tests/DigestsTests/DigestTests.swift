import Foundation
import Testing

@testable import Digests

struct DigestTests {
    /// The digest of "abc" that FIPS 180-4 gives.
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func digestIsSHA256() {
        #expect(Digest(of: Data("abc".utf8)).hexadecimal == abc)
    }

    @Test func fileHasTheDigestOfItsBytes() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("weights-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let bytes = Data((0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
        try bytes.write(to: file)
        #expect(try Digest(ofFileAt: file.path) == Digest(of: bytes))
    }

    @Test func missingFileIsNamed() {
        let error = #expect(throws: DigestError.self) { try Digest(ofFileAt: "/nonexistent/weights") }
        guard case .unreadable("/nonexistent/weights", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Computed with Python: sha256 over struct.pack("<Q", len(x)) + x for each name and value in turn.
    @Test func partsAreHashedWithTheirLengths() {
        let parts = ["rank": Data("16".utf8), "base": Data([0, 1, 2]), "é": Data()]
        #expect(
            Digest(parts: parts).hexadecimal == "b1d51a14b18624271dda6feb6ae9fb827c453dbd221ed25b5e20b1ad86f51280")
    }

    @Test func movingBytesBetweenPartsChangesTheDigest() {
        let digests: Set<Digest> = [
            Digest(parts: ["ab": Data("c".utf8)]), Digest(parts: ["a": Data("bc".utf8)]),
            Digest(parts: ["a": Data("b".utf8), "c": Data()]), Digest(parts: ["abc": Data()]),
        ]
        #expect(digests.count == 4)
    }

    @Test func digitsRoundTripThroughText() throws {
        let digest = Digest(of: Data("a document".utf8))
        #expect(try Digest(parsing: digest.hexadecimal) == digest)
        #expect(throws: DigestError.malformed("12")) { try Digest(parsing: "12") }
    }
}
