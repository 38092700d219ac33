import Foundation
import ModelFiles
import Tensors

// Every tensor of a file is used, known to follow from others, of no use to the model, or refused by name.

extension SafeTensorsModel {
    /// The tensors that a model of this configuration has no use for, which transformers leaves out as well.
    ///
    /// - Throws: `WeightMismatch` for a tensor of a module that is used: a bias, for instance, that the family has not.
    func unusedTensors(of configuration: ModelConfiguration) throws -> [String] {
        let family = configuration.family.definition.weights
        let used = Set(
            WeightLayout(configuration).entries.map {
                HuggingFacePlace(of: $0, in: self, family: configuration.family).name
            })
        let modules = Set(used.map(Self.module))
        let head = "\(family.head).weight"
        return try names.filter { name in
            guard !used.contains(name), contains(name), !family.derived.contains(where: name.hasSuffix) else {
                return false
            }
            // Equal to the embedding; see `configuration`.
            if configuration.tiedEmbeddings, name == head { return false }
            guard !modules.contains(Self.module(of: name)) else {
                throw WeightMismatch(
                    file: file,
                    problem:
                        "\(name) acts in the computation, and a \(configuration.family) model has no place for it: "
                        + "the weights belong to another family, or to a variant that is not supported here")
            }
            return true
        }
    }

    /// The configuration that these tensors bear out: a head that differs from the embedding is one of its own, whatever
    /// `config.json` says of the two.
    func configuration(_ stated: ModelConfiguration) throws -> ModelConfiguration {
        try stated.tiedEmbeddings && hasHeadOfItsOwn(stated) ? stated.untied() : stated
    }

    /// Whether a head lies beside the embedding and differs from it.
    private func hasHeadOfItsOwn(_ configuration: ModelConfiguration) throws -> Bool {
        let family = configuration.family.definition.weights
        let embedding = "\(family.prefix)\(family.embedding).weight", head = "\(family.head).weight"
        let names = [embedding, String(embedding.trimmingPrefix(family.prefix))].filter { contains($0) }
        guard let name = names.first, contains(head) else { return false }
        let (left, right) = (try matrix(name), try matrix(head))
        return left.format != right.format || left.shape != right.shape || left.bytes != right.bytes
    }

    /// The name without its last part, `weight` or `bias`.
    private static func module(of name: String) -> Substring { name[..<(name.lastIndex(of: ".") ?? name.startIndex)] }
}

extension GGUFFile {
    /// None: every tensor of such a file acts, but for the divisors of rotary frequencies where nothing rotates.
    ///
    /// - Throws: `WeightMismatch` for a tensor that a model of this configuration has no place for.
    func unusedTensors(of configuration: ModelConfiguration) throws -> [String] {
        let used = Set(WeightLayout(configuration).entries.map(\.role.ggufName) + [ModelConfiguration.rotaryDivisors])
        guard let surplus = tensors.map(\.name).first(where: { !used.contains($0) }) else { return [] }
        throw WeightMismatch(
            file: file,
            problem: "\(surplus) acts in the computation, and a \(configuration.family) model has no place for it: "
                + "the file is of a variant that is not supported here")
    }
}

extension ModelConfiguration {
    /// The same model with a head of its own.
    func untied() throws -> ModelConfiguration {
        var parts = parts
        parts.tiedEmbeddings = false
        return try ModelConfiguration(family: family, parts)
    }

    /// The same with the tokens that `generation_config.json` says end a text, if there is such a file.
    ///
    /// - Throws: `ModelConfigurationError`.
    func addingEnds(of directory: URL) throws -> ModelConfiguration {
        let path = directory.appending(path: "generation_config.json").path
        guard FileManager.default.fileExists(atPath: path) else { return self }
        do {
            var parts = parts
            let ends = try ConfigurationObject(path: path).integers("eos_token_id") ?? []
            parts.eosTokens = (eosTokens + ends).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            return try ModelConfiguration(family: family, parts)
        } catch let error as ModelConfigurationError {
            throw error.naming(file: path)
        }
    }
}
