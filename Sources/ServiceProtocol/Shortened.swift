extension String {
    /// At most the first 60 characters, so that a message about a long name stays short.
    var shortened: String {
        count > 60 ? prefix(60) + "…" : self
    }
}
