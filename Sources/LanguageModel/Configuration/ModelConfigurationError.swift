/// Why a configuration was refused.
public struct ModelConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file that holds the configuration, where it comes from one.
    public let file: String?
    /// The key concerned, in the spelling of Hugging Face's `config.json`; nil where the file as a whole is at fault.
    public let key: String?
    /// What is wrong and how to mend it.
    public let problem: String

    public init(file: String? = nil, key: String? = nil, problem: String) {
        self.file = file
        self.key = key
        self.problem = problem
    }

    public var description: String {
        [file, key, problem].compactMap(\.self).joined(separator: ": ")
    }

    /// The same error with the file's name.
    func naming(file: String) -> Self {
        Self(file: file, key: key, problem: problem)
    }
}
