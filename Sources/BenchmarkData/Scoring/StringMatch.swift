/// RULER's rule (Hsieh et al. 2024, `string_match_all` and `string_match_part`): an answer is right where it stands in
/// the output, letter case aside, within a longer word too.
enum StringMatch {
    /// The share of the answers that stand in the output. An empty answer stands in an empty output only.
    static func share(of answers: [String], in output: String) -> Double {
        guard !answers.isEmpty else { return 0 }
        let output = output.lowercased()
        let found = answers.count { $0.isEmpty ? output.isEmpty : output.contains($0.lowercased()) }
        return Double(found) / Double(answers.count)
    }
}
