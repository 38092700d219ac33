@testable import BenchmarkData

/// A row of each format of JSON, made up, in the shape that the format is published in.
enum SampleRows {
    static let all: [(format: RowFormat, json: String)] = [
        (
            .perkBabilong,
            #"""
            {"context": ["Rain fell. Ann Event 0: Ann went to the attic.", "Nobody saw it."],
             "question": "Where is Ann?", "answer": "attic", "support": ["Ann Event 0: Ann went to the attic."]}
            """#
        ),
        (
            .studentRecords,
            #"""
            {"database": [{"Student Id": "17", "Student Name": "Ann Lee", "Year": "Senior", "Grade": 72},
                          {"Student Id": "18", "Student Name": "Bo Ek", "Year": "Junior", "Grade": 49.5}],
             "questions": [{"question": "What is the grade of student 17?", "answer": "72"},
                           {"question": "What is the average grade?", "answer": 60.75}, "..."]}
            """#
        ),
        (
            .longGorilla,
            #"""
            {"context": ["<api>load('a')</api> domain: text", "<api>load('b')</api> domain: sound"],
             "location": "pre", "prompt": "Hear speech.", "api_call": "load('b')"}
            """#
        ),
        (.babilong, #"{"input": "Ann took the key. It rained.", "question": "Who has the key?", "target": "Ann"}"#),
        (
            .ruler,
            #"""
            {"index": 3, "input": "A special magic number is hidden within the following text. Make sure to memorize \#
            it. I will quiz you about the number afterwards.\nThe grass is green.\nOne of the special magic numbers \#
            for mild-owl is: 71.\nWhat is the special magic number for mild-owl mentioned in the provided text? The \#
            special magic number for mild-owl mentioned in the provided text is", "outputs": ["71"], "length": 64}
            """#
        ),
        (
            .longBench,
            #"""
            {"input": "What is it?", "context": "It is a lake.", "answers": ["lake", "a lake"], "length": 4,
             "dataset": "trec", "all_classes": ["lake", "river"], "language": "en", "_id": "f00"}
            """#
        ),
        (
            .longBenchV2,
            #"""
            {"_id": "66f", "domain": "Long Text", "sub_domain": "Tales", "difficulty": "hard", "length": "short",
             "question": "Who won?", "choice_A": "Ann", "choice_B": "Bo", "choice_C": "Cy", "choice_D": "Di",
             "answer": "B", "context": "Bo won."}
            """#
        ),
        (
            .hotpotQA,
            #"""
            {"_id": "5a8", "question": "Where is Ek?", "answer": "Norway", "type": "bridge", "level": "easy",
             "supporting_facts": [["Ek", 1], ["Moss", 0], ["Ek", 9]],
             "context": [["Ek", ["Ek is small.", " It is by Moss."]], ["Moss", ["Moss is in Norway."]]]}
            """#
        ),
        (
            .squad,
            #"""
            {"context": "The tower was built in 1889.", "qas": [
              {"id": "q1", "question": "When was it built?", "answers": [{"text": "1889", "answer_start": 23}]},
              {"id": "q2", "question": "By whom?", "answers": [], "is_impossible": true}]}
            """#
        ),
        (
            .squadRows,
            #"""
            {"id": "q1", "title": "Towers", "context": "The tower was built in 1889.", "question": "When was it built?",
             "answers": {"text": ["1889", "in 1889"], "answer_start": [23, 20]}}
            """#
        ),
        (
            .needle,
            #"""
            {"context": "Snow. Eat a fig at noon. Snow.", "question": "What to eat?", "needle": "Eat a fig at noon.",
             "answer": "a fig", "context_length": 8, "depth_percent": 50.0}
            """#
        ),
        (.plain, #"{"context": "Ann is in Oslo.", "question": "Where is Ann?", "answer": ["Oslo", "in Oslo"]}"#),
    ]

    static func json(_ format: RowFormat) -> String { all.first { $0.format == format }?.json ?? "" }
}
