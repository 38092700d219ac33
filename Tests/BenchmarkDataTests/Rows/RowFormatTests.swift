import StrictJSON
import Testing

@testable import BenchmarkData

struct RowFormatTests {
    @Test func everyFormatIsRecognizedByItsRow() throws {
        #expect(Set(SampleRows.all.map(\.format)).union([.babi]) == Set(RowFormat.allCases))
        for (format, json) in SampleRows.all {
            let tree = try JSONReader.read(Array(json.utf8), depthLimit: 32)
            #expect(try RowFormat.guess(from: tree) == format)
        }
    }

    @Test func rowsOfPERK() throws {
        #expect(
            try BenchmarkRow(json: SampleRows.json(.perkBabilong))
                == BenchmarkRow(
                    context: .segments(["Rain fell. Ann Event 0: Ann went to the attic.", "Nobody saw it."]),
                    questions: [
                        RowQuestion(
                            question: "Where is Ann?", answers: ["attic"],
                            support: ["Ann Event 0: Ann went to the attic."])
                    ]))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.studentRecords))
                == BenchmarkRow(
                    context: .segments([
                        "Student Id: 17, Student Name: Ann Lee, Year: Senior, Grade: 72.",
                        "Student Id: 18, Student Name: Bo Ek, Year: Junior, Grade: 49.5.",
                    ]),
                    questions: [
                        RowQuestion(question: "What is the grade of student 17?", answers: ["72"]),
                        RowQuestion(question: "What is the average grade?", answers: ["60.75"]),
                    ]))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.longGorilla))
                == BenchmarkRow(
                    context: .segments(["<api>load('a')</api> domain: text", "<api>load('b')</api> domain: sound"]),
                    questions: [RowQuestion(question: "Hear speech.", answers: ["load('b')"])],
                    fields: RowFields(groups: ["pre"])))
    }

    @Test func rowsOfBenchmarkData() throws {
        #expect(
            try BenchmarkRow(json: SampleRows.json(.babilong))
                == BenchmarkRow(
                    context: .text("Ann took the key. It rained."),
                    questions: [RowQuestion(question: "Who has the key?", answers: ["Ann"])]))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.ruler))
                == BenchmarkRow(
                    context: .text("The grass is green.\nOne of the special magic numbers for mild-owl is: 71."),
                    questions: [
                        RowQuestion(
                            question: "What is the special magic number for mild-owl mentioned in the provided text?",
                            answers: ["71"], needsEveryAnswer: true)
                    ],
                    fields: RowFields(task: "niah", length: 64, identifier: "3")))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.longBench))
                == BenchmarkRow(
                    context: .text("It is a lake."),
                    questions: [
                        RowQuestion(question: "What is it?", answers: ["lake", "a lake"], labels: ["lake", "river"])
                    ],
                    fields: RowFields(task: "trec", length: 4, identifier: "f00")))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.longBenchV2))
                == BenchmarkRow(
                    context: .text("Bo won."),
                    questions: [
                        RowQuestion(
                            question: "Who won?", answers: ["B", "Bo"], labels: ["A", "B", "C", "D"],
                            choices: ["Ann", "Bo", "Cy", "Di"])
                    ],
                    fields: RowFields(task: "Long Text", identifier: "66f", groups: ["hard", "short"])))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.needle))
                == BenchmarkRow(
                    context: .text("Snow. Eat a fig at noon. Snow."),
                    questions: [
                        RowQuestion(question: "What to eat?", answers: ["a fig"], support: ["Eat a fig at noon."])
                    ],
                    fields: RowFields(length: 8, depth: 0.5)))
    }

    @Test func rowsOfReadingComprehension() throws {
        #expect(
            try BenchmarkRow(json: SampleRows.json(.hotpotQA))
                == BenchmarkRow(
                    context: .segments(["Ek\nEk is small. It is by Moss.", "Moss\nMoss is in Norway."]),
                    questions: [
                        RowQuestion(
                            question: "Where is Ek?", answers: ["Norway"],
                            support: ["It is by Moss.", "Moss is in Norway."])
                    ],
                    fields: RowFields(task: "bridge", identifier: "5a8", groups: ["easy"])))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.squad))
                == BenchmarkRow(
                    context: .text("The tower was built in 1889."),
                    questions: [
                        RowQuestion(question: "When was it built?", answers: ["1889"]),
                        RowQuestion(question: "By whom?", answers: [""]),
                    ],
                    fields: RowFields(identifier: "q1")))
        #expect(
            try BenchmarkRow(json: SampleRows.json(.plain))
                == BenchmarkRow(
                    context: .text("Ann is in Oslo."),
                    questions: [RowQuestion(question: "Where is Ann?", answers: ["Oslo", "in Oslo"])]))
    }

    @Test func hotpotQAInColumnsIsTheSame() throws {
        let row = try BenchmarkRow(
            json: #"""
                {"id": "5a8", "question": "Where is Ek?", "answer": "Norway", "type": "bridge", "level": "easy",
                 "supporting_facts": {"title": ["Ek", "Moss", "Ek"], "sent_id": [1, 0, 9]},
                 "context": {"title": ["Ek", "Moss"],
                             "sentences": [["Ek is small.", " It is by Moss."], ["Moss is in Norway."]]}}
                """#)
        #expect(try row == BenchmarkRow(json: SampleRows.json(.hotpotQA)))
    }

    @Test func plainRowsHaveSeveralShapes() throws {
        let segments = try BenchmarkRow(json: #"{"context":["a\u00e9","", "b"],"question":"q","answers":"x","id":7}"#)
        #expect(segments.segments == ["aé", "b"])
        #expect(segments.text == "aé\nb")
        #expect(segments.fields.identifier == "7")
        let nested = try BenchmarkRow(
            json: #"{"context":"c","question":"q","answers":{"text":["x","y"],"answer_start":[0,1]},"support":"s"}"#)
        #expect(nested.segments == nil)
        #expect(nested.questions == [RowQuestion(question: "q", answers: ["x", "y"], support: ["s"])])
    }

    @Test func theTargetIsTheFirstAnswerOrAllThatAreNeeded() {
        #expect(RowQuestion(question: "q", answers: ["a", "b"]).target == "a")
        #expect(RowQuestion(question: "q", answers: ["a", "b"], needsEveryAnswer: true).target == "a, b")
    }

    @Test func aSummaryHasNoQuestion() throws {
        let row = try BenchmarkRow(json: #"{"input":"","context":"c","answers":["s"],"all_classes":null}"#)
        #expect(row.questions == [RowQuestion(question: "", answers: ["s"])])
    }
}
