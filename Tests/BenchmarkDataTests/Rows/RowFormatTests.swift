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
            try QADocument(json: SampleRows.json(.perkBabilong))
                == QADocument(
                    context: .segments(["Rain fell. Ann Event 0: Ann went to the attic.", "Nobody saw it."]),
                    questions: [
                        DocumentQuestion(
                            question: "Where is Ann?", answers: ["attic"],
                            support: ["Ann Event 0: Ann went to the attic."])
                    ]))
        #expect(
            try QADocument(json: SampleRows.json(.studentRecords))
                == QADocument(
                    context: .segments([
                        "Student Id: 17, Student Name: Ann Lee, Year: Senior, Grade: 72.",
                        "Student Id: 18, Student Name: Bo Ek, Year: Junior, Grade: 49.5.",
                    ]),
                    questions: [
                        DocumentQuestion(question: "What is the grade of student 17?", answers: ["72"]),
                        DocumentQuestion(question: "What is the average grade?", answers: ["60.75"]),
                    ]))
        #expect(
            try QADocument(json: SampleRows.json(.longGorilla))
                == QADocument(
                    context: .segments(["<api>load('a')</api> domain: text", "<api>load('b')</api> domain: sound"]),
                    questions: [DocumentQuestion(question: "Hear speech.", answers: ["load('b')"])],
                    fields: DocumentFields(groups: ["pre"])))
    }

    @Test func rowsOfBenchmarkData() throws {
        #expect(
            try QADocument(json: SampleRows.json(.babilong))
                == QADocument(
                    context: .text("Ann took the key. It rained."),
                    questions: [DocumentQuestion(question: "Who has the key?", answers: ["Ann"])]))
        #expect(
            try QADocument(json: SampleRows.json(.ruler))
                == QADocument(
                    context: .text("The grass is green.\nOne of the special magic numbers for mild-owl is: 71."),
                    questions: [
                        DocumentQuestion(
                            question: "What is the special magic number for mild-owl mentioned in the provided text?",
                            answers: ["71"], needsEveryAnswer: true)
                    ],
                    fields: DocumentFields(task: "niah", length: 64, identifier: "3")))
        #expect(
            try QADocument(json: SampleRows.json(.longBench))
                == QADocument(
                    context: .text("It is a lake."),
                    questions: [
                        DocumentQuestion(
                            question: "What is it?", answers: ["lake", "a lake"], labels: ["lake", "river"])
                    ],
                    fields: DocumentFields(task: "trec", length: 4, identifier: "f00")))
        #expect(
            try QADocument(json: SampleRows.json(.longBenchV2))
                == QADocument(
                    context: .text("Bo won."),
                    questions: [
                        DocumentQuestion(
                            question: "Who won?", answers: ["B", "Bo"], labels: ["A", "B", "C", "D"],
                            choices: ["Ann", "Bo", "Cy", "Di"])
                    ],
                    fields: DocumentFields(task: "Long Text", identifier: "66f", groups: ["hard", "short"])))
        #expect(
            try QADocument(json: SampleRows.json(.needle))
                == QADocument(
                    context: .text("Snow. Eat a fig at noon. Snow."),
                    questions: [
                        DocumentQuestion(question: "What to eat?", answers: ["a fig"], support: ["Eat a fig at noon."])
                    ],
                    fields: DocumentFields(length: 8, depth: 0.5)))
    }

    @Test func rowsOfReadingComprehension() throws {
        #expect(
            try QADocument(json: SampleRows.json(.hotpotQA))
                == QADocument(
                    context: .segments(["Ek\nEk is small. It is by Moss.", "Moss\nMoss is in Norway."]),
                    questions: [
                        DocumentQuestion(
                            question: "Where is Ek?", answers: ["Norway"],
                            support: ["It is by Moss.", "Moss is in Norway."])
                    ],
                    fields: DocumentFields(task: "bridge", identifier: "5a8", groups: ["easy"])))
        #expect(
            try QADocument(json: SampleRows.json(.squad))
                == QADocument(
                    context: .text("The tower was built in 1889."),
                    questions: [
                        DocumentQuestion(question: "When was it built?", answers: ["1889"]),
                        DocumentQuestion(question: "By whom?", answers: [""]),
                    ],
                    fields: DocumentFields(identifier: "q1")))
        #expect(
            try QADocument(json: SampleRows.json(.plain))
                == QADocument(
                    context: .text("Ann is in Oslo."),
                    questions: [DocumentQuestion(question: "Where is Ann?", answers: ["Oslo", "in Oslo"])]))
    }

    /// As in Hugging Face's SQuAD 2.0, where an empty list says that the text does not answer.
    @Test func rowsOfSQuADAreScoredAsItsParagraphs() throws {
        #expect(
            try QADocument(json: SampleRows.json(.squadRows))
                == QADocument(
                    context: .text("The tower was built in 1889."),
                    questions: [DocumentQuestion(question: "When was it built?", answers: ["1889", "in 1889"])],
                    fields: DocumentFields(identifier: "q1")))
        let json =
            #"{"id":"q2","title":"t","context":"c","question":"By whom?","answers":{"text":[],"answer_start":[]}}"#
        let unanswerable = try #require(try QADocument(json: json).questions.first)
        #expect(unanswerable == DocumentQuestion(question: "By whom?", answers: [""]))
        let metric = try #require(RowFormat.squadRows.metric(nil))
        #expect(metric == RowFormat.squad.metric(nil) && metric == .f1)
        #expect(metric.score(output: "", for: unanswerable) == 1 && metric.score(output: "x", for: unanswerable) == 0)
        let tree = try JSONReader.read(Array(json.utf8), depthLimit: 32)
        #expect(try RowFormat.guess(from: tree) == .squadRows)
    }

    @Test func hotpotQAInColumnsIsTheSame() throws {
        let row = try QADocument(
            json: #"""
                {"id": "5a8", "question": "Where is Ek?", "answer": "Norway", "type": "bridge", "level": "easy",
                 "supporting_facts": {"title": ["Ek", "Moss", "Ek"], "sent_id": [1, 0, 9]},
                 "context": {"title": ["Ek", "Moss"],
                             "sentences": [["Ek is small.", " It is by Moss."], ["Moss is in Norway."]]}}
                """#)
        #expect(try row == QADocument(json: SampleRows.json(.hotpotQA)))
    }

    @Test func plainRowsHaveSeveralShapes() throws {
        let segments = try QADocument(json: #"{"context":["a\u00e9","", "b"],"question":"q","answers":"x","id":7}"#)
        #expect(segments.segments == ["aé", "b"])
        #expect(segments.text == "aé\nb")
        #expect(segments.fields.identifier == "7")
        let nested = try QADocument(
            json: #"{"context":"c","question":"q","answers":{"text":["x","y"],"answer_start":[0,1]},"support":"s"}"#)
        #expect(nested.segments == nil)
        #expect(nested.questions == [DocumentQuestion(question: "q", answers: ["x", "y"], support: ["s"])])
    }

    @Test func theTargetIsTheFirstAnswerOrAllThatAreNeeded() {
        #expect(DocumentQuestion(question: "q", answers: ["a", "b"]).target == "a")
        #expect(DocumentQuestion(question: "q", answers: ["a", "b"], needsEveryAnswer: true).target == "a, b")
    }

    @Test func aSummaryHasNoQuestion() throws {
        let row = try QADocument(json: #"{"input":"","context":"c","answers":["s"],"all_classes":null}"#)
        #expect(row.questions == [DocumentQuestion(question: "", answers: ["s"])])
    }
}
