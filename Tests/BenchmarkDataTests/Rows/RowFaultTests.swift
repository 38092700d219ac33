import Testing

@testable import BenchmarkData

struct RowFaultTests {
    @Test(arguments: [
        (#"{"context":"c","question":"q","answer":""}"#, #""answer" is empty; give a text or a list of texts"#),
        (#"{"context":"c","question":"q","answer":[]}"#, #""answer" is empty; give a text or a list of texts"#),
        (#"{"context":"c","question":"q","answer":null}"#, #"answer is missing: give "answer" or "answers""#),
        (#"{"context":"c","question":"q","answer":true}"#, #""answer" is true or false; give a text"#),
        (#"{"context":"c","question":"q","answer":["a",["b"]]}"#, #""answer[1]" is a list; give a text"#),
        (#"{"context":"c","question":"q","answer":1e999}"#, #""answer" is a number; give a text"#),
        (#"{"context":" \n","question":"q","answer":"a"}"#, #""context" is empty; give a text"#),
        (#"{"context":[""],"question":"q","answer":"a"}"#, #""context" is empty; give a text or a list of texts"#),
        (#"{"context":"c","question":{},"answer":"a"}"#, #""question" is an object; give a text"#),
        (#"{"context":"c","question":"q","answer":"a","answer":"b"}"#, #""answer" occurs twice; keep one"#),
        (#"["a"]"#, "the row is a list; give an object"),
        (#"{"database":[],"questions":[]}"#, #""database" is empty; give a list with something in it"#),
        (#"{"database":["..."],"questions":[]}"#, #""database" is empty; give a list of objects"#),
        (
            #"{"database":[{"a":"b"}],"questions":[{"question":"q"}]}"#,
            #"questions[0].answer is missing: give "answer""#
        ),
        (#"{"database":[{"a":"b"}],"questions":["q"]}"#, #""questions[0]" is a text; give an object"#),
        (
            #"{"database":[{"a":[]}],"questions":[{"question":"q","answer":"a"}]}"#,
            #""database[0].a" is a list; give a text"#
        ),
        (
            #"{"context":"c","question":"q","choice_A":"1","choice_B":"2","choice_C":"3","choice_D":"4","answer":"E"}"#,
            #""answer" is "E"; give A, B, C or D"#
        ),
        (
            #"{"context":[["t","s"]],"question":"q","answer":"a","supporting_facts":[["t",0]]}"#,
            #""context[0]" has a text for sentences; give a list"#
        ),
        (
            #"{"context":[["t",["s"]]],"question":"q","answer":"a","supporting_facts":[["t","0"]]}"#,
            #""supporting_facts[0]" has a text for the index of a sentence; give a number"#
        ),
        (
            #"{"context":[["t"]],"question":"q","answer":"a","supporting_facts":[["t",0]]}"#,
            #""context[0]" is no pair; give [title, sentences]"#
        ),
        (
            #"{"context":{"title":["t"],"sentences":[[],[]]},"question":"q","answer":"a","supporting_facts":[]}"#,
            #""context" has columns of 1 and 2; make them equal"#
        ),
        (
            #"{"context":"c","qas":[{"question":"q","answers":[]}]}"#,
            #""qas[0].answers" is empty; give a list with something in it"#
        ),
        (
            #"{"context":"c","question":"q","needle":"n","depth_percent":101}"#,
            #""depth_percent" is not a number from 0 to 100"#
        ),
        (
            #"{"input":"What?","outputs":["a"]}"#,
            #""input" ends with no question: put one on its last line, below the text"#
        ),
    ]) func faultsNameTheMemberAndTheMend(json: String, reason: String) {
        let fault = #expect(throws: RowFault.self) { try QADocument(json: json) }
        #expect(fault?.reason == reason)
    }

    @Test(arguments: [
        (
            #"{"document":"d","question":"q"}"#,
            #"no format is known that has the keys "document", "question""#
                + #"; the nearest format is plain, which wants "context" and "answer" or "answers" too"#
        ),
        (
            #"{"context_length":8,"needle":"n","model_response":"r"}"#,
            #"no format is known that has the keys "context_length", "needle", "model_response""#
                + #"; the nearest format is niah, which wants "context" or "haystack" "#
                + #"and "question" or "retrieval_question" too"#
        ),
        (
            #"{"context":[],"question":"q","support":[]}"#,
            #"no format is known that has the keys "context", "question", "support""#
                + #"; the nearest format is perk-babilong, which wants "answer" too"#
        ),
        (
            #"{"text":"t","label":1}"#,
            #"no format is known that has the keys "text", "label", and none has any of them"#
                + #"; a plain row has "context" and "question" and "answer" or "answers""#
        ),
        (
            "{}",
            #"no format is known that has no keys, and none has any of them; a plain row has "context" and "question""#
        ),
    ]) func rowsOfNoFormatAreToldTheNearest(json: String, reason: String) {
        let fault = #expect(throws: RowFault.self) { try QADocument(json: json) }
        #expect(fault?.reason.hasPrefix(reason) == true, "\(fault?.reason ?? "")")
    }

    @Test func manyAndLongKeysAreCutShort() {
        let members = (0..<40).map { "\"\(String(repeating: "k", count: 100))\($0)\":0" }.joined(separator: ",")
        let fault = #expect(throws: RowFault.self) { try QADocument(json: "{\(members)}") }
        #expect(fault.map { $0.reason.count < 1000 && $0.reason.contains("and 24 more") } == true)
    }
}
