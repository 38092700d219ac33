import StrictJSON
import Testing

@testable import JSONRPC

/// The table of wrong inputs: the code that answers each, and the parameter or id that the reply names.
@Suite struct WrongInputTests {
    private static let wrongMessages: [(line: String, code: Int, id: JSONValue)] = [
        ("x", -32700, JSONValue.null), (#"{"jsonrpc":"2.0","id":1,"method":"server/status""#, -32700, .null),
        (#"{"jsonrpc":"2.0","id":1,"method":"server/status",}"#, -32700, .null),
        (#"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#, -32602, .integer(1)),
        (#"{"jsonrpc":"2.0","id":1,"method":"\ud800""#, -32700, .null), ("\u{0}", -32700, .null),
        ("1", -32600, .null), ("null", -32600, .null), ("\"a\"", -32600, .null), ("[]", -32600, .null),
        ("{}", -32600, .null), (#"{"foo":"boo"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":1}"#, -32600, .integer(1)),
        (#"{"jsonrpc":"2.0","id":"a","method":1}"#, -32600, "a"),
        (#"{"id":2,"method":"server/status"}"#, -32600, .integer(2)),
        (#"{"jsonrpc":"1.0","id":2,"method":"server/status"}"#, -32600, .integer(2)),
        (#"{"jsonrpc":2.0,"id":2,"method":"server/status"}"#, -32600, .integer(2)),
        (#"{"jsonrpc":"2.0","id":true,"method":"server/status"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":{},"method":"server/status"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":[1],"method":"server/status"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":1,"method":"server/statu"}"#, -32601, .integer(1)),
        (#"{"jsonrpc":"2.0","id":null,"method":""}"#, -32601, .null),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/list","params":5}"#, -32602, .integer(1)),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/remove","params":["sha256:0"]}"#, -32602, .integer(1)),
        (#"{"jsonrpc":"2.0","id":1,"method":"documents/remove","params":null}"#, -32602, .integer(1)),
    ]

    @Test(arguments: wrongMessages)
    func wrongMessage(line: String, code: Int, id: JSONValue) async throws {
        let reply = try #require(try await makeHandler().reply(to: line))
        #expect(reply.errorCode == code, "\(reply)")
        #expect(reply["id"] == id)
    }

    private static let wrongParameters: [(method: String, parameters: String, code: Int, parameter: String?)] = [
        ("documents/submit", "{}", -32602, "text"), ("documents/submit", #"{"text":""}"#, -32602, "text"),
        ("documents/submit", #"{"text":" \n"}"#, -32602, "text"),
        ("documents/submit", #"{"text":7}"#, -32602, "text"), ("documents/submit", #"{"text":null}"#, -32602, "text"),
        ("documents/submit", #"{"text":"a","name":[]}"#, -32602, "name"),
        ("documents/submit", #"{"text":"a","txt":"b"}"#, -32602, "txt"),
        ("documents/submit", #"{"text":"a","path":"b"}"#, -32602, "path"),
        ("documents/submit", #"{"path":"/etc/passwd"}"#, -32602, "path"),
        ("documents/submit", #"{"texts":"a"}"#, -32602, "texts"),
        ("documents/submit", #"{"texts":["a",1]}"#, -32602, "texts"),
        ("documents/submit", #"{"texts":[]}"#, -32602, "texts"),
        ("documents/submit", #"{"text":"a","texts":["b"]}"#, -32602, "texts"),
        ("documents/submit", #"{"text":"a","keepText":1}"#, -32602, "keepText"),
        ("documents/submit", #"{"text":"a","progress":"yes"}"#, -32602, "progress"),
        ("documents/submit", #"{"text":"a","name":"\#(String(repeating: "n", count: 257))"}"#, -32602, "name"),
        ("documents/submit", #"{"text":"FULL"}"#, -32003, nil),
        ("documents/append", #"{"text":"a"}"#, -32602, "document"),
        ("documents/append", #"{"document":"sha256:0"}"#, -32602, "text"),
        ("documents/append", #"{"document":"sha256:0","text":"a"}"#, -32001, "document"),
        ("documents/pin", "{}", -32602, "document"),
        ("documents/unpin", #"{"document":"sha256:0"}"#, -32001, "document"),
        ("documents/submit", #"{"text":"DIVERGE"}"#, -32004, nil),
        ("documents/submit", #"{"text":"FAIL"}"#, -32603, nil),
        ("documents/submit", #"{"text":"INFINITE"}"#, -32603, nil),
        ("documents/list", #"{"limit":1}"#, -32602, "limit"),
        ("documents/remove", "{}", -32602, "document"), ("documents/remove", #"{"document":1}"#, -32602, "document"),
        ("questions/ask", "{}", -32602, "question"),
        ("questions/ask", #"{"question":"who"}"#, -32602, "document"),
        ("questions/ask", #"{"question":"who","document":"sha256:0"}"#, -32001, "document"),
        ("questions/ask", #"{"question":"who","document":"sha256:0","text":"a"}"#, -32602, "text"),
        ("questions/ask", #"{"question":"who","text":""}"#, -32602, "text"),
        ("questions/ask", #"{"question":"","text":"a"}"#, -32602, "question"),
        ("questions/ask", #"{"question":"who","text":"a","stream":"no"}"#, -32602, "stream"),
        ("questions/ask", #"{"question":"who","text":"a","maxTokens":0}"#, -32602, "maxTokens"),
        ("questions/ask", #"{"question":"who","text":"a","maxTokens":1.5}"#, -32602, "maxTokens"),
        ("questions/ask", #"{"question":"who","text":"a","maxTokens":"8"}"#, -32602, "maxTokens"),
        ("questions/ask", #"{"question":"who","text":"a","temperature":-1}"#, -32602, "temperature"),
        ("questions/ask", #"{"question":"who","text":"a","temperature":1e400}"#, -32602, "temperature"),
        ("questions/ask", #"{"question":"who","text":"a","topP":0}"#, -32602, "topP"),
        ("questions/ask", #"{"question":"who","text":"a","topP":1.01}"#, -32602, "topP"),
        ("questions/ask", #"{"question":"who","text":"a","topP":true}"#, -32602, "topP"),
        ("questions/ask", #"{"question":"who","text":"a","seed":-1}"#, -32602, "seed"),
        ("questions/ask", #"{"question":"who","text":"a","seed":18446744073709551616}"#, -32602, "seed"),
        ("questions/ask", #"{"question":"who","path":"a"}"#, -32602, "path"),
        ("server/status", #"{"verbose":true}"#, -32602, "verbose"),
    ]

    @Test(arguments: wrongParameters)
    func wrongParameter(method: String, parameters: String, code: Int, parameter: String?) async throws {
        let line = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(parameters)}"#
        let reply = try #require(try await makeHandler().reply(to: line))
        #expect(reply.errorCode == code, "\(reply)")
        #expect(reply.errorParameter == parameter, "\(reply)")
        #expect(reply["id"] == .integer(1))
    }

    @Test func limitsOfTheServiceAreNamed() async throws {
        let handler = try makeHandler()
        let words = String(repeating: "word ", count: 1_001)
        let document = try await handler.call("documents/submit", ["text": .string(words)])
        #expect(document?.errorCode == -32002)
        #expect(document?.errorMessage.contains("1001 tokens and the limit is 1000") == true)
        let question = (0...100).map { "w" + String(repeating: "a", count: $0) }.joined(separator: " ")
        let asked = try await handler.call("questions/ask", ["text": "a", "question": .string(question)])
        #expect(asked?.errorCode == -32602)
        #expect(asked?.errorParameter == "question")
    }

    @Test func theNearestNameIsGiven() async throws {
        let handler = try makeHandler()
        #expect(try await handler.call("question/ask")?.errorMessage.contains("did you mean questions/ask?") == true)
        let reply = try await handler.call("questions/ask", ["max_tokens": .integer(3)])
        #expect(reply?.errorMessage.contains("did you mean maxTokens?") == true)
        #expect(try await handler.call("server/status", ["a": .null])?.errorMessage.contains("takes none") == true)
        let long = String(repeating: "y", count: 100_000)
        #expect(try await handler.call(long)?.errorMessage.utf8.count ?? .max < 300)
    }

    @Test func invalidUTF8IsNamed() async throws {
        let handler = try makeHandler()
        func reply(_ before: String, _ after: String) async throws -> JSONValue {
            try #require(try await handler.messages(to: Array(before.utf8) + [0xC3, 0x28] + Array(after.utf8)).first)
        }
        let start = #"{"jsonrpc":"2.0","id":"a","method":"documents/submit","params":{"name":"é","text":""#
        let named = try await reply(start, "\"}}")
        #expect(named.errorCode == -32602)
        #expect(named["id"] == "a")
        #expect(named.errorParameter == "text")
        #expect(named.errorMessage.contains("invalid UTF-8 at byte \(start.utf8.count) "))
        let unreadable = try await reply("{", "")
        #expect(unreadable.errorCode == -32602)
        #expect(unreadable["id"] == .null)
        #expect(unreadable.errorMessage.contains("at byte 1 "))
    }

    private static let loneSurrogates: [(text: String, parameter: String?)] = [
        (#""params":{"text":"Zoe \ud83d lives."}"#, "text"), (#""params":{"texts":["a","\uDE00"]}"#, "texts"),
        (#""params":{"text":"\ud83d\n","name":"é"}"#, "text"), (#""params":{"text":"\ud83d","name":"\udc00"}"#, nil),
        (#""params":{"text":"\ud83d\u0041"}"#, "text"), (#""params":["\ud83d"]"#, nil),
        (#""params":{"text":"\ud83d\ude00 \\ud83d \ud83d"}"#, "text"),
    ]

    @Test(arguments: loneSurrogates)
    func loneSurrogatesAreNamed(text: String, parameter: String?) async throws {
        let handler = try makeHandler()
        let line = #"{"jsonrpc":"2.0","id":77777777777777777777,"method":"documents/submit",\#(text)}"#
        let sent = SentLines()
        await handler.serve(Array(line.utf8), send: sent.send).value
        let reply = try JSONParser.parse(try #require(sent.all.first))
        #expect(reply.errorCode == -32602 && reply.errorParameter == parameter, "\(reply)")
        #expect(reply.errorMessage.contains("a lone surrogate at byte"))
        #expect(String(decoding: sent.all[0], as: UTF8.self).hasPrefix(#"{"jsonrpc":"2.0","id":77777777777777777777,"#))
    }

    @Test func pairedSurrogatesAndEscapedBackslashesAreText() async throws {
        let line =
            #"{"jsonrpc":"2.0","id":1,"method":"documents/submit","params":{"text":"\ud83d\ude00 \\ud83d Zoe."}}"#
        #expect(try await makeHandler().reply(to: line)?["result"]?["tokens"] == .integer(3))
    }

    /// As if they were not there.
    @Test func nullsCountAsAbsent() async throws {
        let handler = try makeHandler()
        let reply = try await handler.call(
            "questions/ask",
            [
                "document": .null, "text": "Zoe lives in Oslo.", "question": "Zoe lives", "maxTokens": .null,
                "temperature": .null, "topP": .null, "seed": .null, "stream": .null, "progress": .null,
            ])
        #expect(reply?["result"]?["answer"] == "Oslo" && reply?["result"]?["tokens"] == .integer(32))
        let submitted = try await handler.call(
            "documents/submit",
            ["text": "a", "texts": .null, "path": .null, "name": .null, "keepText": .null, "progress": .null])
        #expect(submitted?["result"] != nil)
        #expect(
            try await handler.call("questions/ask", ["question": .null, "text": "a"])?.errorParameter == "question")
    }
}
