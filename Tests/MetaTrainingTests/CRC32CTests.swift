import Foundation
import Testing

@testable import MetaTraining

@Suite struct CRC32CTests {
    /// The check value of the catalogues, and the vectors of RFC 3720, appendix B.4, as numbers.
    static let published: [([UInt8], UInt32)] = [
        (Array("123456789".utf8), 0xE306_9283), ([], 0),
        (Array(repeating: 0, count: 32), 0x8A91_36AA), (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E), (Array((0..<32).reversed()), 0x113F_DB5C),
    ]

    @Test(arguments: published)
    func checksumsAreThePublishedOnes(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.checksum(of: Data(bytes)) == checksum)
        #expect(CRC32C.checksum(of: Data([7] + bytes).dropFirst()) == checksum)
    }

    /// 0xE3069283 turned right by 15 bits is 0x2507C60D; with 0xA282EAD8 that makes 0xC78AB0E5.
    @Test func masksTurnAndShift() {
        #expect(CRC32C.maskedChecksum(of: Data("123456789".utf8)) == 0xC78A_B0E5)
        #expect(CRC32C.maskedChecksum(of: Data()) == 0xA282_EAD8)
    }
}
