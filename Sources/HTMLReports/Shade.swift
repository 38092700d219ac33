/// Steps of one color, from hardly visible to strong; letters on any of them stay readable.
enum Shade {
    /// The style sheet's class for a position from 0 to 1; positions beyond, and none, count as the nearer end.
    static func className(_ position: Double) -> String {
        let position = position.isNaN ? 0 : min(max(position, 0), 1)
        return "shade-\(Int((position * Double(StyleSheet.shades - 1)).rounded()))"
    }
}
