import Foundation

/// Answers questions about student records from their text alone.
struct StudentSolver {
    /// Members by name for each record.
    let students: [[String: String]]

    init(segments: [String]) {
        students = segments.map { segment in
            var members: [String: String] = [:]
            for member in segment.dropLast().components(separatedBy: ", ") {
                let parts = member.components(separatedBy: ": ")
                members[parts[0]] = parts.dropFirst().joined(separator: ": ")
            }
            return members
        }
    }

    /// Nil where the question is not understood or names no single student.
    func answer(to question: String) -> String? {
        let text = String(question.dropLast())
        if text.hasPrefix("Do") || text.hasPrefix("Are") { return comparison(text) }
        guard text.contains(" of all students") || text.contains("number of all") else { return attribute(text) }
        return text.contains(" grade of ") || text.contains("What is the number of ") ? aggregate(text) : nil
    }

    /// The one whom the whole text names, by "student ID" or by name.
    private func student(_ text: String) -> [String: String]? {
        let found = students.filter { "student \($0["Student Id"] ?? "")" == text || $0["Student Name"] == text }
        return found.count == 1 ? found[0] : nil
    }

    private func attribute(_ text: String) -> String? {
        let forms = [
            ("What is the name of ", "", "Student Name"), ("What is the ID of ", "", "Student Id"),
            ("What is the grade of ", "", "Grade"), ("Which year is ", " in", "Year"),
            ("Which school does ", " attend", "School"), ("Which major does ", " study", "Major"),
        ]
        for (prefix, suffix, member) in forms where text.hasPrefix(prefix) && text.hasSuffix(suffix) {
            return student(String(text.dropFirst(prefix.count).dropLast(suffix.count)))?[member]
        }
        return nil
    }

    private func comparison(_ text: String) -> String? {
        func pair(_ prefix: String, _ middle: String, _ suffix: String) -> ([String: String], [String: String])? {
            guard text.hasPrefix(prefix), text.hasSuffix(suffix) else { return nil }
            let parts = text.dropFirst(prefix.count).dropLast(suffix.count).components(separatedBy: middle)
            guard parts.count == 2, let one = student(parts[0]), let other = student(parts[1]) else { return nil }
            return (one, other)
        }
        func grade(_ student: [String: String]) -> Int { Int(student["Grade"] ?? "") ?? -1 }
        if let (one, other) = pair("Does ", " have a higher grade than ", "") {
            return grade(one) > grade(other) ? "Yes" : "No"
        }
        if let (one, other) = pair("Does ", " have a lower grade than ", "") {
            return grade(one) < grade(other) ? "Yes" : "No"
        }
        let same = [
            ("Are ", " in the same year", "Year"), ("Do ", " attend the same school", "School"),
            ("Do ", " study the same major", "Major"),
        ]
        for (prefix, suffix, member) in same {
            if let (one, other) = pair(prefix, " and ", suffix) { return one[member] == other[member] ? "Yes" : "No" }
        }
        return nil
    }

    private func aggregate(_ text: String) -> String? {
        var group = students
        if let range = text.range(of: "whose year is ") {
            group = group.filter { text[range.upperBound...].split(separator: ",")[0] == $0["Year"] ?? "" }
        } else if let range = text.range(of: "whose major is ") {
            group = group.filter { text[range.upperBound...].split(separator: ",")[0] == $0["Major"] ?? "" }
        } else if let range = text.range(of: "students of the ") {
            group = group.filter { text[range.upperBound...].split(separator: ",")[0] == $0["School"] ?? "" }
        }
        let grades = group.compactMap { Int($0["Grade"] ?? "") }.sorted()
        guard grades.count == group.count, let lowest = grades.first, let highest = grades.last else { return nil }
        if text.contains("What is the number") { return "\(grades.count)" }
        if text.contains("lowest") { return "\(lowest)" }
        if text.contains("highest") { return "\(highest)" }
        guard text.contains("average"), text.hasSuffix("to one decimal place") else { return nil }
        // In decimal numbers, which have no binary fractions either.
        var mean = Decimal(grades.reduce(0, +)) / Decimal(grades.count)
        var rounded = Decimal()
        NSDecimalRound(&rounded, &mean, 1, .plain)
        return "\(rounded)".contains(".") ? "\(rounded)" : "\(rounded).0"
    }
}
