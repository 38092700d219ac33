import LanguageModel
import PERKModel

/// `text`: how documents and questions become token sequences.
struct TextSection: ConfigurationSection {
    var sentencesPerSegment = 1
    var maximumSegmentTokens: Int?
    var segmentPrefix: String?
    var prompt = TextFormat().prompt
    var includesSupport = false

    mutating func read(from reader: inout SectionReader) throws {
        try reader.read(
            "sentencesPerSegment", into: &sentencesPerSegment, in: 1...65_536,
            "How many consecutive sentences make a segment, which is read as a sequence of its own")
        try reader.read(
            "maximumSegmentTokens", into: &maximumSegmentTokens, in: TextFormat.shortestSegment...1_048_576,
            "The most tokens in a segment, its beginning and end included; a longer one is cut; null for 64, or what the "
                + "model reads if that is less")
        try reader.read(
            "segmentPrefix", into: &segmentPrefix,
            "What each segment begins with, without a loss, such as 'doc_{i}:', with \(TextFormat.numberPlaceholder) where "
                + "its number goes; in training the numbers are shuffled")
        try reader.read(
            "prompt", into: &prompt,
            "The prompt of a question, with \(TextFormat.placeholder) where the question goes and "
                + "\(TextFormat.segmentsPlaceholder) where the number of the document's segments goes; the answer follows"
        )
        try reader.read(
            "includesSupport", into: &includesSupport,
            "Whether the model is to write the supporting facts, where they are known, before the answer, as in "
                + "<support>…</support> <output>…</output>")
    }

    func validate(_ reader: SectionReader) throws {
        guard prompt.contains(TextFormat.placeholder) else {
            throw reader.refusal(
                "prompt", "the question has no place in it; put \(TextFormat.placeholder) where it goes")
        }
        guard segmentPrefix?.contains(TextFormat.numberPlaceholder) ?? true else {
            throw reader.refusal(
                "segmentPrefix", "the number has no place in it; put \(TextFormat.numberPlaceholder) where it goes")
        }
    }

    /// The format for a model.
    ///
    /// - Throws: `SequenceTooLong` where the stated segments have more tokens than the model reads.
    func format(for configuration: ModelConfiguration) throws -> TextFormat {
        var format = TextFormat(fitting: configuration)
        format.sentencesPerSegment = sentencesPerSegment
        format.segmentPrefix = segmentPrefix
        format.prompt = prompt
        format.includesSupport = includesSupport
        if let maximumSegmentTokens {
            guard maximumSegmentTokens <= configuration.maximumPositions else {
                throw SequenceTooLong(tokens: maximumSegmentTokens, limit: configuration.maximumPositions)
            }
            format.maximumSegmentTokens = maximumSegmentTokens
        }
        return format
    }
}
