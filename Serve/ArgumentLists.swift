import ArgumentParser

/// Positive numbers separated by commas.
struct NumberList: ExpressibleByArgument {
    let numbers: [Int]

    init(numbers: [Int]) { self.numbers = numbers }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        let valid = parts.compactMap { $0 }.filter { 1...10_000_000 ~= $0 }
        guard valid.count == parts.count else { return nil }
        numbers = valid
    }

    var defaultValueDescription: String { numbers.map(String.init).joined(separator: ",") }
}

/// Numbers from 0 to 1 separated by commas.
struct ShareList: ExpressibleByArgument {
    let shares: [Double]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        let valid = parts.compactMap { $0 }.filter { 0...1 ~= $0 }
        guard valid.count == parts.count else { return nil }
        shares = valid
    }
}

/// Words separated by commas, each once.
struct WordList: ExpressibleByArgument {
    let words: [String]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains(""), Set(parts).count == parts.count else { return nil }
        words = parts
    }
}
