/// Draws documents of the facts task, in an order that settings, seed and split determine.
///
/// An entity has one value of an attribute at a time, so every question has one answer. Entities may share a value: two
/// people may live in one city.
public struct FactsGenerator: Sendable {
    private var source: any FactsDocumentSource

    /// - Parameter world: what the documents speak of where the settings do not want the wide world.
    /// - Throws: `FactsSettingsError` where the world cannot give such documents.
    public init(
        settings: FactsSettings, seed: UInt64, split: DataSplit, world: FactsWorld = .embedded
    ) throws {
        try settings.validate(in: world)
        switch settings.world {
        case .small: source = ListedFactsGenerator(settings: settings, seed: seed, split: split, world: world)
        case .wide: source = WideFactsGenerator(settings: settings, seed: seed, split: split)
        }
    }

    /// The next document.
    public mutating func document() -> FactsDocument { source.document() }
}

/// Draws documents of a world.
protocol FactsDocumentSource: Sendable {
    mutating func document() -> FactsDocument
}
