/// The candidate that somebody who wrote `name` most likely meant, or nil where none comes near.
///
/// Names are compared without regard to case, `_` and `-`, by the optimal string alignment distance (insertions,
/// deletions, replacements and exchanges of neighbours). Near means that at most a third of the candidate's letters
/// are wrong, and at least one may be. Of equally near candidates the first is returned.
public func nearestName(to name: String, among candidates: [String]) -> String? {
    let letters = lettersOf(name)
    var nearest: (name: String, distance: Int)?
    for candidate in candidates {
        let others = lettersOf(candidate)
        let limit = min(max(1, others.count / 3), (nearest?.distance ?? .max) - 1)
        // The lengths alone show that most candidates are too far, however long the given name is.
        guard abs(letters.count - others.count) <= limit else { continue }
        let distance = alignmentDistance(letters, others)
        if distance <= limit {
            nearest = (candidate, distance)
        }
    }
    return nearest?.name
}

private func lettersOf(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
}

private func alignmentDistance(_ first: [Character], _ second: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in first.indices {
        var current = [row + 1]
        for column in second.indices {
            let replaced = previous[column] + (first[row] == second[column] ? 0 : 1)
            var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                best = min(best, beforePrevious[column - 1] + 1)
            }
            current.append(best)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[second.count]
}
