import LanguageModel
import Tensors

/// The keys and values of the prompt that was read last, as servers keep them: the next prompt is read only from where
/// it differs.
///
/// Answers are to the last bit what they are without: what is kept ends at a multiple of attention's blocks, and what
/// is read anew is long enough to be multiplied as a whole prompt is.
public final class PromptCache {
    private let configuration: ModelConfiguration
    let known: KeyValueCache<Float>
    private var tokens: [Int] = []

    public init(for configuration: ModelConfiguration) {
        self.configuration = configuration
        known = KeyValueCache(for: configuration)
    }

    /// Takes what is kept back to what it shares with `prompt`, so that the rest can be read.
    func prepare(for prompt: [Int]) {
        let shared = zip(tokens, prompt).prefix { $0 == $1 }.count
        known.truncate(to: Self.usableLength(min(shared, prompt.count - AnsweringMatrix.mostDotRows - 1)))
    }

    /// Forgets what was generated after `prompt`.
    func keep(_ prompt: [Int]) {
        known.truncate(to: min(known.length, prompt.count))
        tokens = Array(prompt.prefix(known.length))
    }

    /// How much of a beginning of so many tokens can be kept.
    static func usableLength(_ count: Int) -> Int {
        count > 0 ? count / CachedAttention.blockLength * CachedAttention.blockLength : 0
    }

    /// The bytes that the keys and values of so many tokens take.
    public static func bytes(of tokens: Int, for configuration: ModelConfiguration) -> Int {
        KeyValueCache<Float>.bytes(of: tokens, for: configuration)
    }
}
