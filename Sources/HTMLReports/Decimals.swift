import Foundation

/// Numbers as people read them, the same in every locale.
public enum Decimals {
    /// With so many digits after the point: "0.031". Numbers that are not finite are "nan", "inf" and "-inf".
    public static func text(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        let text = String(format: "%.\(places)f", value)
        return text.hasPrefix("-") && !text.contains { $0.isNumber && $0 != "0" } ? String(text.dropFirst()) : text
    }

    /// With so many significant digits, as a power of ten where it would be long: "0.031", "1.2e-7".
    public static func text(_ value: Double, significant digits: Int) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
        // Rounded first, for 9.99 to two digits is 10.
        let rounded = String(format: "%.\(digits - 1)e", value)
        let parts = rounded.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return rounded }
        if (-4..<6).contains(exponent) { return text(value, places: max(0, digits - 1 - exponent)) }
        return "\(parts[0])e\(exponent)"
    }
}
