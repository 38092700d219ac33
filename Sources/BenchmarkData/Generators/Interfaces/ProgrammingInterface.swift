import Tensors

/// An invented programming interface: how it is called, and what for.
struct ProgrammingInterface: Sendable, CustomStringConvertible {
    /// Action, subject and trait tell it from other interfaces: "summarize recipes on a single processor".
    struct Purpose: Sendable, Equatable {
        let domain: String
        var action, subject, trait: String

        var text: String { "\(action) \(subject) \(trait)" }
    }

    let purpose: Purpose
    /// "traimo/kelloshi-2".
    let name: String
    let call: String

    var description: String {
        "<api>\(call)</api> domain: \(purpose.domain), functionality: \(purpose.action) \(purpose.subject), "
            + "api_name: \(name), description: Made to \(purpose.text)."
    }
}

/// Draws interfaces from the words of a split.
struct InterfaceSource: Sendable {
    let split: DataSplit

    func purpose(using random: inout RandomSource) -> ProgrammingInterface.Purpose {
        let domain = random.choice(of: GeneratorWords.embedded.interfaces[split])
        return ProgrammingInterface.Purpose(
            domain: domain.domain, action: random.choice(of: domain.actions),
            subject: random.choice(of: domain.subjects),
            trait: random.choice(of: GeneratorWords.embedded.traits[split]))
    }

    func interface(for purpose: ProgrammingInterface.Purpose, using random: inout RandomSource) -> ProgrammingInterface
    {
        let owner = word(using: &random)
        let model = word(using: &random)
        let name = "\(owner)/\(model)-\(random.integer(in: 1...9))"
        let calls = [
            "\(owner).load('\(name)')", "pipeline('\(purpose.action)', model='\(name)')",
            "\(owner.prefix(1).uppercased() + owner.dropFirst())Model.from_hub('\(name)')",
            "hub.fetch('\(name)', revision='main')",
        ]
        return ProgrammingInterface(purpose: purpose, name: name, call: random.choice(of: calls))
    }

    private func word(using random: inout RandomSource) -> String {
        split.identifier(using: &random) { MadeUpName.word(using: &$0) }
    }
}
