import SeededRandom

extension GeneratedTask {
    /// What one student's record says (after PERK's Student Records).
    public static let studentRecall = students("student-recall") { StudentRecallGenerator(settings: $0) }
    /// How two students' records compare.
    public static let studentRelation = students("student-relation") { StudentRelationGenerator(settings: $0) }
    /// What all records say together: how many, the highest, the lowest, the average.
    public static let studentAggregate = students("student-aggregate", hasDepth: false) {
        StudentAggregateGenerator(settings: $0)
    }

    private static func students(
        _ name: String, hasDepth: Bool = true,
        make: @escaping @Sendable (GeneratorSettings) -> any DocumentGenerator
    ) -> GeneratedTask {
        GeneratedTask(
            name, metric: .exactMatch, hasDepth: hasDepth, asksOften: true, hasWideWorld: true, make: { make($0) })
    }
}

/// Questions that one record answers: an attribute of a student who is named by id or by name.
struct StudentRecallGenerator: DocumentGenerator {
    let task = GeneratedTask.studentRecall
    private let settings: GeneratorSettings
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(settings: GeneratorSettings) {
        (self.settings, random) = (settings, settings.random(for: .studentRecall))
    }

    mutating func row() throws(GeneratorError) -> QADocument {
        var register = StudentRegister(settings: settings)
        let asked = (0..<settings.questions).map { _ in register.student(using: &random) }
        let layout = try settings.layout(of: asked, for: task, register: &register, using: &random)
        let questions = random.sample(asked.count, of: asked).map { student in
            random.occurs(settings.unanswerable)
                ? unanswerable(beside: student, register: &register) : recall(student)
        }
        return QADocument(students: layout, questions: questions, task: task)
    }

    /// A question about a student without a record, or about what records do not have.
    private mutating func unanswerable(beside student: Student, register: inout StudentRegister) -> DocumentQuestion {
        if random.uniform() < 0.5 { return .unanswerable(recall(register.student(using: &random)).question) }
        let who = random.uniform() < 0.5 ? "student \(student.id)" : student.name
        return .unanswerable(
            random.choice(of: [
                "What is the birthday of \(who)?", "Which sport does \(who) play?", "Which town is \(who) from?",
            ]))
    }

    private mutating func recall(_ student: Student) -> DocumentQuestion {
        let byID = random.uniform() < 0.5
        let who = byID ? "student \(student.id)" : student.name
        let asked = [
            byID ? ("What is the name of \(who)?", student.name) : ("What is the ID of \(who)?", student.id),
            ("Which year is \(who) in?", student.year),
            ("Which school does \(who) attend?", student.school),
            ("Which major does \(who) study?", student.major),
            ("What is the grade of \(who)?", "\(student.grade)"),
        ]
        let (question, answer) = random.choice(of: asked)
        return DocumentQuestion(question: question, answers: [answer], support: [student.description])
    }
}

/// Questions that two records answer with yes or no: whose grade is higher, and whether they share year, school or
/// major.
struct StudentRelationGenerator: DocumentGenerator {
    private enum Relation: CaseIterable {
        case higherGrade, lowerGrade, sameYear, sameSchool, sameMajor
    }

    let task = GeneratedTask.studentRelation
    private let settings: GeneratorSettings
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(settings: GeneratorSettings) {
        (self.settings, random) = (settings, settings.random(for: .studentRelation))
    }

    mutating func row() throws(GeneratorError) -> QADocument {
        var register = StudentRegister(settings: settings)
        var asked: [Student] = []
        var questions: [DocumentQuestion] = []
        for _ in 0..<settings.questions {
            let relation = random.choice(of: Relation.allCases)
            let one = register.student(using: &random)
            if random.occurs(settings.unanswerable) {
                // The register gives nobody else the name and the id of the one without a record.
                let pair = random.sample(2, of: [one, register.student(using: &random)])
                let question = question(relation, pair[0], pair[1])
                asked.append(one)
                questions.append(.unanswerable(question.question, labels: question.labels))
                continue
            }
            let other = counterpart(of: one, relation, register: &register)
            asked += [one, other]
            questions.append(random.uniform() < 0.5 ? question(relation, one, other) : question(relation, other, one))
        }
        let layout = try settings.layout(of: asked, for: task, register: &register, using: &random)
        return QADocument(students: layout, questions: random.sample(questions.count, of: questions), task: task)
    }

    /// A student who shares what the relation is about in half of all cases, so that yes is as frequent as no.
    private mutating func counterpart(
        of student: Student, _ relation: Relation, register: inout StudentRegister
    ) -> Student {
        var other = register.student(using: &random)
        guard random.uniform() < 0.5 else { return other }
        switch relation {
        case .higherGrade, .lowerGrade: break
        case .sameYear: other.year = student.year
        case .sameMajor: (other.school, other.major) = (student.school, student.major)
        case .sameSchool:
            let school = GeneratorWords.embedded.schools[settings.split].first { $0.school == student.school }
            other.school = student.school
            other.major = random.choice(of: school?.majors ?? [student.major])
        }
        return other
    }

    private mutating func question(_ relation: Relation, _ one: Student, _ other: Student) -> DocumentQuestion {
        let byID = random.uniform() < 0.5
        let (first, second) = byID ? ("student \(one.id)", "student \(other.id)") : (one.name, other.name)
        let (question, holds) =
            switch relation {
            case .higherGrade: ("Does \(first) have a higher grade than \(second)?", one.grade > other.grade)
            case .lowerGrade: ("Does \(first) have a lower grade than \(second)?", one.grade < other.grade)
            case .sameYear: ("Are \(first) and \(second) in the same year?", one.year == other.year)
            case .sameSchool: ("Do \(first) and \(second) attend the same school?", one.school == other.school)
            case .sameMajor: ("Do \(first) and \(second) study the same major?", one.major == other.major)
            }
        return DocumentQuestion(
            question: question, answers: [holds ? "Yes" : "No"], support: [one.description, other.description],
            labels: ["Yes", "No"])
    }
}

/// Questions that all records answer together. They list no support.
struct StudentAggregateGenerator: DocumentGenerator {
    let task = GeneratedTask.studentAggregate
    private let settings: GeneratorSettings
    private var random: RandomSource

    /// - Parameter settings: valid ones.
    init(settings: GeneratorSettings) {
        (self.settings, random) = (settings, settings.random(for: .studentAggregate))
    }

    mutating func row() throws(GeneratorError) -> QADocument {
        var register = StudentRegister(settings: settings)
        let layout = try settings.layout(of: [], for: task, register: &register, using: &random)
        let questions = (0..<settings.questions).map { _ -> DocumentQuestion in
            let group = StudentGroup(around: random.choice(of: layout.pieces), using: &random)
            if random.occurs(settings.unanswerable) {
                let aggregate = random.choice(of: StudentAggregate.ofMeasures)
                return .unanswerable(
                    aggregate.question(about: group, measure: random.choice(of: StudentAggregate.unrecordedMeasures)))
            }
            let aggregate = random.choice(of: StudentAggregate.allCases)
            return DocumentQuestion(
                question: aggregate.question(about: group),
                answers: [aggregate.answer(layout.pieces.filter(group.contains).map(\.grade))])
        }
        return QADocument(students: layout, questions: questions, task: task)
    }
}

extension GeneratorSettings {
    /// The records that are asked for among those of others.
    fileprivate func layout(
        of asked: [Student], for task: GeneratedTask, register: inout StudentRegister,
        using random: inout RandomSource
    ) throws(GeneratorError) -> DocumentLayout<Student> {
        let layout = DocumentLayout(
            facts: asked, relevant: Array(asked.indices), settings: self, using: &random
        ) { register.student(using: &$0) }
        guard let layout, !layout.pieces.isEmpty else {
            throw GeneratorError(
                task: task, setting: "length",
                problem: "\(length) tokens do not hold \(max(1, asked.count)) records; give more tokens or ask less")
        }
        return layout
    }
}

extension QADocument {
    fileprivate init(students layout: DocumentLayout<Student>, questions: [DocumentQuestion], task: GeneratedTask) {
        self.init(
            context: .segments(layout.pieces.map(\.description)), questions: questions,
            fields: DocumentFields(task: task.rawValue, length: layout.tokens, depth: layout.depth))
    }
}
