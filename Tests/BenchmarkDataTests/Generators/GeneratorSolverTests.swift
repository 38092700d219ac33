import Testing

/// The solvers find the answers that a reader finds, and refuse what is unsound: small texts worked out by hand.
struct GeneratorSolverTests {
    private func story(_ text: String, _ question: String) throws -> String {
        try StorySolver(text: text, people: ["Ann", "Bo"]).answer(to: question)
    }

    @Test func theLatestStateOfAStoryWins() throws {
        let text = """
            Ann went to the attic. It rained. Ann took the key. Bo moved to the barn. Ann walked to the barn. \
            Ann dropped the key there. Ann went to the cellar. Bo grabbed the key. Bo hurried to the den.
            """
        #expect(try story(text, "Where is Ann?") == "cellar")
        #expect(try story(text, "Where is the key?") == "den")
        #expect(try story(text, "Where was the key before the den?") == "barn")
        #expect(try story(text, "Where was the key before the barn?") == "attic")
        #expect(throws: StorySolver.Fault.self) { try story(text, "Where was the key before the attic?") }
        #expect(throws: StorySolver.Fault.self) { try story(text, "Where is the cup?") }
    }

    @Test(arguments: [
        "Ann took the key. Bo took the key.", "Ann dropped the key.", "Ann ate the key.", "It rained on Ann.",
        "Ann went to the attic. Ann took the key. Ann dropped the key. Bo went to the barn. Bo took the key.",
        "Ann Event 2: Ann went to the attic.", "Ann Event 1: Bo went to the attic.",
    ])
    func unsoundStoriesAreFaults(text: String) {
        #expect(throws: StorySolver.Fault.self) { try story(text, "Where is Ann?") }
    }

    @Test func anObjectThatReturnedHasNoSinglePlaceBefore() {
        let text = """
            Ann took the key. Ann went to the attic. Ann went to the barn. Ann went to the attic. Ann went to the barn.
            """
        #expect(throws: StorySolver.Fault.self) { try story(text, "Where was the key before the barn?") }
    }

    @Test(arguments: [
        ("What is the name of student 11?", "Cy Dow"), ("What is the grade of Di Fox?", "80"),
        ("Which major does Di Fox study?", "Law"), ("Which school does student 12 attend?", "East"),
        ("Does student 11 have a higher grade than student 12?", "No"),
        ("Does Cy Dow have a lower grade than Di Fox?", "Yes"),
        ("Are student 11 and student 12 in the same year?", "Yes"),
        ("Do Cy Dow and Di Fox study the same major?", "No"),
        ("What is the number of all students whose year is Junior?", "2"),
        ("What is the highest grade of all students whose major is Art?", "75"),
        ("What is the lowest grade of all students of the East?", "75"),
        ("What is the average grade of all students, to one decimal place?", "58.3"),
        ("What is the average grade of all students whose year is Junior, to one decimal place?", "77.5"),
        ("What is the average grade of all students whose year is Senior, to one decimal place?", "20.0"),
        ("What is the name of student 14?", nil), ("What is the mood of student 11?", nil),
        ("What is the highest age of all students?", nil),
    ])
    func recordsAnswer(question: String, answer: String?) {
        let solver = StudentSolver(segments: [
            "Student Id: 11, Student Name: Cy Dow, Year: Junior, School: East, Major: Art, Grade: 75.",
            "Student Id: 12, Student Name: Di Fox, Year: Junior, School: East, Major: Law, Grade: 80.",
            "Student Id: 13, Student Name: Ed Gay, Year: Senior, School: West, Major: Law, Grade: 20.",
        ])
        #expect(solver.answer(to: question) == answer)
    }

    @Test func valuesAndCallsAreFound() {
        let text = "The secret word of a-b is x. Fog came. One secret word of c-d is y. One secret word of c-d is z."
        #expect(RetrievalSolver.values(for: "What are all secret words of c-d?", in: text) == ["y", "z"])
        #expect(RetrievalSolver.values(for: "What are the secret words of c-d and a-b?", in: text) == ["y", "z", "x"])
        #expect(RetrievalSolver.values(for: "What is the secret word of e-f?", in: text).isEmpty)
        let interfaces = [
            "<api>f('a')</api> description: Made to fold maps.", "<api>g()</api> description: Made to fold.",
        ]
        #expect(
            RetrievalSolver.calls(
                for: "Instruction: Write the call of an interface that can fold maps.", in: interfaces)
                == ["f('a')"])
    }
}
