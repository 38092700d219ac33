extension [Int] {
    /// The tokens, cut in the middle where they are more than `room`: the beginning and the end stay, as in LongBench
    /// (Bai et al. 2023), since instructions and questions stand there.
    ///
    /// The beginning is half of the room; of an odd room the end has one more. No room leaves nothing.
    public func truncatedInMiddle(toFit room: Int) -> [Int] {
        precondition(room >= 0, "room for tokens is not negative")
        return count <= room ? self : prefix(room / 2) + suffix(room - room / 2)
    }
}
