/// What a file says of the tokens that frame a sequence; nil where it says nothing.
struct SpecialTokens: Equatable {
    var beginning: Int?
    var end: Int?
    var padding: Int?
    var addsBeginning: Bool?

    /// These, and where they say nothing, the others.
    func filled(from others: SpecialTokens) -> SpecialTokens {
        SpecialTokens(
            beginning: beginning ?? others.beginning, end: end ?? others.end, padding: padding ?? others.padding,
            addsBeginning: addsBeginning ?? others.addsBeginning)
    }
}

/// The tokens that frame a sequence.
struct SequenceFrame: Equatable {
    var beginning: Int
    var end: Int
    var padding: Int
    var addsBeginning: Bool
}
