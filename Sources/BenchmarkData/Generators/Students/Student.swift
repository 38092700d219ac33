import SeededRandom

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
        QADocument.studentRecord([
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

/// The students that an aggregate is about.
enum StudentGroup {
    case all
    case year(String)
    case school(String)
    case major(String)

    /// A group that `student` belongs to, so that it is not empty.
    init(around student: Student, using random: inout RandomSource) {
        self = random.choice(of: [.all, .year(student.year), .school(student.school), .major(student.major)])
    }

    func contains(_ student: Student) -> Bool {
        switch self {
        case .all: true
        case .year(let year): student.year == year
        case .school(let school): student.school == school
        case .major(let major): student.major == major
        }
    }

    fileprivate var name: String {
        switch self {
        case .all: "all students"
        case .year(let year): "all students whose year is \(year)"
        case .school(let school): "all students of the \(school)"
        case .major(let major): "all students whose major is \(major)"
        }
    }
}

/// What is asked of the grades of a group.
enum StudentAggregate: CaseIterable {
    case count, highest, lowest, average

    /// Those of a measure.
    static let ofMeasures: [StudentAggregate] = [.highest, .lowest, .average]
    /// What records do not tell.
    static let unrecordedMeasures = ["age", "height", "fee", "attendance"]

    func question(about group: StudentGroup, measure: String = "grade") -> String {
        switch self {
        case .count: "What is the number of \(group.name)?"
        case .highest: "What is the highest \(measure) of \(group.name)?"
        case .lowest: "What is the lowest \(measure) of \(group.name)?"
        case .average: "What is the average \(measure) of \(group.name), to one decimal place?"
        }
    }

    /// The average always has one decimal place; a half is rounded up.
    ///
    /// - Parameter grades: at least one, none of them negative.
    func answer(_ grades: [Int]) -> String {
        precondition(!grades.isEmpty, "an empty group has no grades")
        switch self {
        case .count: return "\(grades.count)"
        case .highest: return "\(grades.reduce(0, max))"
        case .lowest: return "\(grades.reduce(.max, min))"
        case .average:
            // In whole tenths, so that no binary fraction is in the way: floor(10·sum/count + 1/2).
            let tenths = (20 * grades.reduce(0, +) + grades.count) / (2 * grades.count)
            return "\(tenths / 10).\(tenths % 10)"
        }
    }
}
