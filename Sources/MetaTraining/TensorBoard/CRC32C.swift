import Foundation

/// The cyclic redundancy check of 32 bits with Castagnoli's polynomial (RFC 3720, section 12.1 and appendix B.4).
enum CRC32C {
    /// The check of one byte by the byte. The polynomial is 0x1EDC6F41, its bits in reverse order.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
        }
    }

    static func checksum(of data: Data) -> UInt32 {
        ~data.reduce(~UInt32(0)) { remainder, byte in
            table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8
        }
    }

    /// The check as it stands in a TFRecord file: turned and shifted, since the check of data that hold their own check
    /// says little.
    static func maskedChecksum(of data: Data) -> UInt32 {
        let checksum = checksum(of: data)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }
}
