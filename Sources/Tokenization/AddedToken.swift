/// A token that is found in the text before it is cut into words.
struct AddedToken: Equatable {
    var id: Int
    /// What it looks like in a text, as UTF-8.
    var content: ArraySlice<UInt8>
    /// Whether it is a mark that is not part of a text, such as the end of a sequence.
    var isSpecial: Bool
    /// Whether it is looked for in the normalized text, and normalized itself.
    var isNormalized = false
    /// Whether it takes the whitespace before it along.
    var stripsLeft = false
    /// Whether it takes the whitespace after it along.
    var stripsRight = false
    /// Whether it counts only where no letter, mark, digit or connector is next to it.
    var isSingleWord = false

    /// The longest content, in bytes: matching takes as many steps at each byte of a text.
    static let longestContent = 1024
}
