import Tensors

/// A student whose record stands in a generated database.
struct Student: Sendable, Equatable, CustomStringConvertible {
    static let years = ["Freshman", "Sophomore", "Junior", "Senior"]

    /// Seven digits.
    let id: String
    let name: String
    var year: String
    var school: String
    /// One of the school's.
    var major: String
    /// From 0 to 100.
    let grade: Int

    /// The record, as records that are read from files are written.
    var description: String {
        BenchmarkRow.studentRecord([
            "Student Id: \(id)", "Student Name: \(name)", "Year: \(year)", "School: \(school)", "Major: \(major)",
            "Grade: \(grade)",
        ])
    }
}

/// Draws the students of one document: no two of them have an id or a name in common.
struct StudentRegister {
    private let settings: GeneratorSettings
    private var ids: Set<String> = []
    private var names: Set<String> = []

    init(settings: GeneratorSettings) { self.settings = settings }

    mutating func student(using random: inout RandomSource) -> Student {
        let school = random.choice(of: GeneratorWords.embedded.schools[settings.split])
        return Student(
            id: id(using: &random), name: name(using: &random), year: random.choice(of: Student.years),
            school: school.school, major: random.choice(of: school.majors), grade: random.integer(in: 0...100))
    }

    /// Each split owns half of the 9 million ids, more than a document of the greatest length has records.
    private mutating func id(using random: inout RandomSource) -> String {
        var id: String
        repeat {
            id = settings.split.identifier(using: &random) { String($0.integer(in: 1_000_000...9_999_999)) }
        } while !ids.insert(id).inserted
        return id
    }

    private mutating func name(using random: inout RandomSource) -> String {
        var name: String
        repeat {
            let first = random.choice(of: settings.firstNames)
            name = "\(first) \(surname(using: &random))"
        } while !names.insert(name).inserted
        return name
    }

    private func surname(using random: inout RandomSource) -> String {
        settings.world == .wide
            ? random.choice(of: CensusNames.of(settings.split).surnames)
            : settings.split.identifier(using: &random) { MadeUpName.drawn(using: &$0) }
    }
}
