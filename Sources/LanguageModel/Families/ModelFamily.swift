import Autodiff

/// A family of models that is known. All that tells it from others stands in the file of its definition.
public struct ModelFamily: Sendable {
    let definition: any FamilyDefinition.Type

    init(_ definition: any FamilyDefinition.Type) { self.definition = definition }

    /// The family's name in `config.json` (`model_type`).
    public var name: String { definition.name }

    /// The pre-tokenizer of the family's vocabularies, as GGUF files call it, where one of them names none.
    public var ggufPreTokenizer: String? { definition.ggufPreTokenizer }

    /// The linear maps of a layer that can be adapted, in the order in which they act.
    public var maps: [LinearMap] { definition.weights.maps }
}

extension ModelFamily: CaseIterable {
    /// The registry: a new family has a file of its own, and its name here.
    public static let allCases: [ModelFamily] = [.llama, .qwen2, .qwen3, .gemma3, .gpt2]
}

extension ModelFamily: Hashable, CustomStringConvertible {
    public static func == (left: ModelFamily, right: ModelFamily) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    public var description: String { name }
}

/// What a family's file says of it: the keys of its configuration, its weights, and its equations.
protocol FamilyDefinition: Sendable {
    /// `model_type` in `config.json`.
    static var name: String { get }

    /// `general.architecture` in GGUF files, ahead of the keys of `ggufKeys`.
    static var ggufArchitecture: String { get }

    /// The name of the class in transformers, for `config.json`.
    static var architecture: String { get }

    /// The keys of `config.json`, in the order in which they are read.
    static var configurationKeys: [ConfigurationKey] { get }

    /// The keys of a GGUF file's metadata, without the architecture in front.
    static var ggufKeys: [ConfigurationKey] { get }

    static var weights: FamilyWeights { get }

    /// The pre-tokenizer of the family's vocabularies, where a GGUF file names none; `nil` where they differ.
    static var ggufPreTokenizer: String? { get }

    /// The maps that PEFT adapts where an adapter names none.
    static var peftTargets: [LinearMap] { get }

    /// What the embeddings are multiplied with; `nil` for nothing.
    static func embeddingScale(_ configuration: ModelConfiguration) -> Double?

    /// One layer on x [tasks, segments·tokens, width].
    static func output<Value>(of x: Variable<Value>, in layer: TransformerLayer<Value>) -> Variable<Value>
}

extension FamilyDefinition {
    static var ggufArchitecture: String { name }
    static var ggufPreTokenizer: String? { nil }
    static var peftTargets: [LinearMap] { [.query, .value] }
    static func embeddingScale(_ configuration: ModelConfiguration) -> Double? { nil }
}

/// The weights of a family's models: their names in Hugging Face's and in GGUF files, and how they lie there.
struct FamilyWeights: Sendable {
    /// What all modules but the head are in, in Hugging Face's files; files of the bare model leave it out.
    let prefix: String
    let embedding: String
    /// Learned positions, if there are any.
    var positions: String?
    /// The module that holds the layers.
    let layers: String
    /// The normalizations of a layer.
    let norms: [LayerNorm]
    /// The linear maps of a layer, in the order in which they act.
    let maps: [LinearMap]
    /// Those of them that add a bias.
    var biasedMaps: [LinearMap] = []
    let finalNorm: String
    var head: String { "lm_head" }
    /// Whether normalizations are LayerNorm, with a bias, rather than RMSNorm.
    var centersNorms = false
    /// How Hugging Face's files hold normalizations' weights and linear maps'.
    var storedNorms = WeightStorage.asIs
    var storedMaps = WeightStorage.asIs
    /// Whether the rows of queries and keys stand in GGUF files with the two of each rotated pair side by side.
    var ggufPairsRotatedRows = false
    /// The ends of the names of tensors that some of the family's files hold and that follow from the configuration.
    var derived: [String] = []

    /// Whether positions are rotations of queries and keys, rather than learned vectors that are added to the embedding.
    var rotatesPositions: Bool { positions == nil }

    var storesMapsTransposed: Bool { if case .transposed = storedMaps { true } else { false } }

    /// What the modules of a layer are in, in Hugging Face's files.
    func module(layer: Int) -> String { "\(prefix)\(layers).\(layer)." }
}

/// How a file holds a weight.
enum WeightStorage: Sendable {
    case asIs
    /// The matrix [out, in] as [in, out].
    case transposed
    /// The weight w as w - 1: computations use 1 + what is stored.
    case lessOne
}
