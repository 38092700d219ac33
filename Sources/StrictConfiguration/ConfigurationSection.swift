/// A part of the configuration: its properties hold the defaults, and it reads each of its keys by name, saying what it
/// means.
protocol ConfigurationSection: Equatable, Sendable {
    /// The section with every default.
    init()
    /// Replaces the values so far by what the file says. The reader records the result, which is how the section is
    /// written out again.
    mutating func read(from reader: inout SectionReader) throws
    /// Checks values against each other, once all of them are read.
    func validate(_ reader: SectionReader) throws
}

extension ConfigurationSection {
    func validate(_ reader: SectionReader) throws {}
}
