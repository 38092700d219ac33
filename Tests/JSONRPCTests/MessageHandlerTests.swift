import FakeServices
import StrictJSON
import Testing

@testable import JSONRPC

@Suite struct MessageHandlerTests {
    @Test func documentsAreSubmittedListedAndRemoved() async throws {
        let handler = try makeHandler()
        let submitted = try await handler.call("documents/submit", ["text": "Zoe lives in Oslo.", "name": "people"])
        let document = try #require(submitted?["result"]?["document"]?.text)
        #expect(
            submitted?["result"]?.description == #"{"document":"\#(document)","tokens":4,"segments":1,"#
                + #""cached":false,"seconds":0.5,"losses":[2.5,0.25],"warnings":[]}"#)
        guard case .array(let listed) = try await handler.call("documents/list")?["result"]?["documents"] else {
            Issue.record("no list of documents")
            return
        }
        #expect(listed.count == 1)
        guard case .object(let members) = listed[0] else {
            Issue.record("no object in the list")
            return
        }
        #expect(members.map(\.name) == ["document", "name", "tokens", "bytes", "pinned", "created", "lastUsed"])
        #expect(listed[0]["document"] == .string(document))
        #expect(listed[0]["created"]?.text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        var removals: [JSONValue?] = []
        for _ in 0..<2 {
            removals.append(try await handler.call("documents/remove", ["document": .string(document)])?["result"])
        }
        #expect(removals == [["removed": .boolean(true)], ["removed": .boolean(false)]])
        #expect(try await handler.call("documents/list", .array([]))?["result"] == ["documents": []])
    }

    /// A model with a calibration and limits says how far to trust it; others leave the confidence out.
    @Test func trustIsPartOfTheResults() async throws {
        let handler = try makeHandler()
        let submitted = try await handler.call("documents/submit", ["text": "LONG ago Ann lived in Rome."])?["result"]
        guard case .array(let warnings) = submitted?["warnings"] else {
            Issue.record("no warnings")
            return
        }
        #expect(warnings.count == 1 && warnings[0].text?.hasPrefix("the document has 6 tokens") == true)
        let document = try #require(submitted?["document"])
        let answer = try await handler.call("questions/ask", ["document": document, "question": "Where did Ann live?"])
        #expect(answer?["result"]?.description.hasPrefix(#"{"answer":"Rome","confidence":0.75,"tokens":32,"#) == true)
    }

    @Test func questionsAreAnswered() async throws {
        let handler = try makeHandler()
        let text = "Zoe lives in Oslo. Ann works in Rome."
        let submitted = try await handler.call("documents/submit", ["text": .string(text)])
        let document = try #require(submitted?["result"]?["document"])
        let answer = await handler.line(
            answering: "questions/ask", ["document": document, "question": "Where does Ann work?"])
        #expect(
            answer == #"{"jsonrpc":"2.0","id":1,"result":{"answer":"Rome","tokens":32,"logProbability":-0.5,"#
                + #""finish":"stop","seconds":{"encode":0.0,"firstToken":0.25,"total":0.75}}}"#)
        let sampled = try await handler.call(
            "questions/ask",
            [
                "document": document, "question": "Where does Zoe live?", "maxTokens": .integer(7),
                "temperature": .number(0.5), "topP": .integer(1), "seed": .integer(3), "stream": .boolean(false),
            ])
        #expect(sampled?["result"]?["answer"] == "Oslo")
        #expect(sampled?["result"]?["tokens"] == .integer(7))
        #expect(sampled?["result"]?["finish"] == "length")
    }

    @Test func timesOfATextIncludeItsSubmission() async throws {
        let answer = try await makeHandler().call(
            "questions/ask", ["text": "Zoe lives in Oslo.", "question": "Zoe lives"])
        #expect(answer?["result"]?["seconds"]?.description == #"{"encode":0.5,"firstToken":0.75,"total":1.25}"#)
    }

    @Test func statusIsReported() async throws {
        #expect(
            try await makeHandler().line(answering: "server/status")
                == #"{"jsonrpc":"2.0","id":1,"result":{"model":"fake","modelDigest":"none","metaTrained":true,"#
                + #""arithmetic":"float32","cache":{"path":":memory:","documents":0,"bytes":0,"byteLimit":null,"hits":0,"#
                + #""misses":0},"queue":{"encoding":1,"waiting":2},"limits":{"requestBytes":33554432,"#
                + #""documentTokens":131072,"waitingDocuments":64,"waitingQuestions":1024,"nameCharacters":256},"#
                + #""uptime":1.0,"version":"1.2.3"}}"#)
    }

    @Test func notificationsHaveNoReply() async throws {
        let handler = try makeHandler()
        #expect(try await handler.reply(to: #"{"jsonrpc":"2.0","method":"server/status"}"#) == nil)
        #expect(try await handler.reply(to: #"{"jsonrpc":"2.0","method":"no/such"}"#) == nil)
        #expect(try await handler.reply(to: " \t\r") == nil)
        let submit = #"{"jsonrpc":"2.0","method":"documents/submit","params":{"text":"a","progress":true}}"#
        #expect(try await handler.messages(to: Array(submit.utf8)).isEmpty)
        #expect(try await handler.call("documents/list")?["result"] != ["documents": []])
    }

    @Test func batchesAreAnsweredTogether() async throws {
        let handler = try makeHandler()
        let notification = #"{"jsonrpc":"2.0","method":"server/status"}"#
        let reply = try await handler.reply(
            to: #"[1,\#(notification),{"jsonrpc":"2.0","id":null,"method":"server/status"},"#
                + #"{"jsonrpc":"2.0","id":"b","method":"x"}]"#)
        guard case .array(let replies) = reply else {
            Issue.record("no array")
            return
        }
        #expect(replies.map(\.errorCode) == [-32600, nil, -32601])
        #expect(replies.map { $0["id"] } == [.null, .null, "b"])
        #expect(try await handler.reply(to: "[\(notification),\(notification)]") == nil)
    }

    @Test func duplicateKeysKeepTheFirst() async throws {
        let reply = try await makeHandler().reply(
            to: #"{"jsonrpc":"2.0","id":1,"id":2,"method":"documents/remove","params":{"document":"a","document":2}}"#)
        #expect(reply?.description == #"{"jsonrpc":"2.0","id":1,"result":{"removed":false}}"#)
    }

    /// As they were written, be they numbers beyond 64 bits or texts with escapes.
    @Test(arguments: [
        "9223372036854775808", "-0", "1.5", "123456789012345678901234567890", "1e400", "\"a\\u0000\\u00e9\"", "\"\"",
        "null",
    ])
    func idsComeBackAsTheyCame(id: String) async throws {
        let sent = SentLines()
        let handler = try makeHandler()
        for line in [#"{"jsonrpc":"2.0","id":\#(id),"method":"documents/list"}"#, #"{"id": \#(id) }"#] {
            await handler.serve(Array(line.utf8), send: sent.send).value
        }
        await handler.serve(Array(#"[{"jsonrpc":"2.0","method":"x", "id":\#(id)}]"#.utf8), send: sent.send).value
        let lines = sent.all.map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == 3)
        let written = id.replacing("\\u00e9", with: "é")
        #expect(lines.allSatisfy { $0.contains(#"{"jsonrpc":"2.0","id":\#(written),"#) }, "\(lines)")
    }

    @Test func piecesOfTheAnswerComeOnRequest() async throws {
        let handler = try makeHandler()
        let ask =
            #"{"jsonrpc":"2.0","id":9,"method":"questions/ask","#
            + #""params":{"text":"Zoe lives in Oslo.","question":"Zoe lives","stream":true}}"#
        let messages = try await handler.messages(to: Array(ask.utf8))
        #expect(
            messages.dropLast().allSatisfy {
                $0["method"] == "notifications/answer" && $0["params"]?["id"] == .integer(9)
            })
        #expect(messages.dropLast().compactMap { $0["params"]?["delta"]?.text }.joined() == "Oslo")
        #expect(messages.last?["result"]?["answer"] == "Oslo")
        #expect(try await handler.messages(to: Array(ask.replacing("true", with: "false").utf8)).count == 1)
    }

    @Test(arguments: ["7", "\"seven\"", "77777777777777777777777"])
    func aCancelledRequestIsAnsweredAsSuch(id: String) async throws {
        let handler = try makeHandler()
        let sent = SentLines()
        let submit = #"{"jsonrpc":"2.0","id":\#(id),"method":"documents/submit","params":{"text":"ENDLESS"}}"#
        let served = handler.serve(Array(submit.utf8), send: sent.send)
        for other in ["8", "\"7\"", "null", "{}"] {
            let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(other)}}"#
            await handler.serve(Array(cancel.utf8), send: sent.send).value
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(sent.all.isEmpty)
        let cancel = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#
        await handler.serve(Array(cancel.utf8), send: sent.send).value
        await served.value
        let reply = try JSONParser.parse(try #require(sent.all.first))
        #expect(reply.errorCode == -32800 && sent.all.count == 1)
        #expect(try await handler.call("server/status")?["result"] != nil)
    }

    @Test func documentsGrowArePinnedAndCollected() async throws {
        let handler = try makeHandler()
        let first = try await handler.call(
            "documents/submit", ["text": "Zoe lives in Oslo.", "keepText": .boolean(true)])
        let document = try #require(first?["result"]?["document"])
        let second = try await handler.call("documents/append", ["document": document, "text": "Ann is a baker."])
        #expect(second?["result"]?["previous"] == document && second?["result"]?["document"] != document)
        let parts = try await handler.call("documents/submit", ["texts": ["Zoe lives in Oslo.", "Ann is a baker."]])
        #expect(
            parts?["result"]?["document"]?.text
                == FakeService.identifier(of: "Part 1.\nZoe lives in Oslo.\n\nPart 2.\nAnn is a baker."))
        for (method, isPinned) in [("documents/pin", true), ("documents/unpin", false)] {
            #expect(try await handler.call(method, ["document": document])?["result"] == ["pinned": .boolean(isPinned)])
        }
        #expect(try await handler.call("documents/pin", ["document": "sha256:0"])?.errorCode == -32001)
    }
}
