import Synchronization
import Testing

@testable import ServiceProtocol

@Suite struct MessageHandlerTests {
    @Test func documentsAreSubmittedListedAndRemoved() throws {
        let handler = try makeHandler()
        let submitted = handler.call("documents/submit", ["text": "Zoe lives in Oslo.", "name": "people"])
        let document = try #require(submitted?["result"]?["document"]?.text)
        #expect(
            submitted?["result"]?.description == #"{"document":"\#(document)","tokens":4,"segments":1,"#
                + #""cached":false,"seconds":0.5,"losses":[2.5,0.25],"warnings":[]}"#)
        guard case .array(let listed) = handler.call("documents/list")?["result"]?["documents"] else {
            Issue.record("no list of documents")
            return
        }
        #expect(listed.count == 1)
        guard case .object(let members) = listed[0] else {
            Issue.record("no object in the list")
            return
        }
        #expect(members.map(\.name) == ["document", "name", "tokens", "bytes", "created", "lastUsed"])
        #expect(listed[0]["document"] == .string(document))
        #expect(listed[0]["created"]?.text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        let removals = (0..<2).map { _ in handler.call("documents/remove", ["document": .string(document)])?["result"] }
        #expect(removals == [["removed": .boolean(true)], ["removed": .boolean(false)]])
        #expect(handler.call("documents/list", .array([]))?["result"] == ["documents": []])
    }

    /// A model with a calibration and limits says how far to trust it; others leave the confidence out.
    @Test func trustIsPartOfTheResults() throws {
        let handler = try makeHandler()
        let submitted = handler.call("documents/submit", ["text": "LONG ago Ann lived in Rome."])?["result"]
        guard case .array(let warnings) = submitted?["warnings"] else {
            Issue.record("no warnings")
            return
        }
        #expect(warnings.count == 1 && warnings[0].text?.hasPrefix("the document has 6 tokens") == true)
        let document = try #require(submitted?["document"])
        let answer = handler.call("questions/ask", ["document": document, "question": "Where did Ann live?"])
        #expect(answer?["result"]?.description.hasPrefix(#"{"answer":"Rome","confidence":0.75,"tokens":32,"#) == true)
    }

    @Test func questionsAreAnswered() throws {
        let handler = try makeHandler()
        let text = "Zoe lives in Oslo. Ann works in Rome."
        let submitted = handler.call("documents/submit", ["text": .string(text)])
        let document = try #require(submitted?["result"]?["document"])
        let answer = handler.call("questions/ask", ["document": document, "question": "Where does Ann work?"])
        #expect(
            answer?["result"]?.description == #"{"answer":"Rome","tokens":32,"logProbability":-0.5,"finish":"stop","#
                + #""seconds":{"encode":0.0,"firstToken":0.25,"total":0.75}}"#)
        let sampled = handler.call(
            "questions/ask",
            [
                "document": document, "question": "Where does Zoe live?", "maxTokens": .integer(7),
                "temperature": .number(0.5), "topP": .integer(1), "seed": .integer(3), "stream": .boolean(false),
            ])
        #expect(sampled?["result"]?["answer"] == "Oslo")
        #expect(sampled?["result"]?["tokens"] == .integer(7))
        #expect(sampled?["result"]?["finish"] == "length")
    }

    @Test func timesOfATextIncludeItsSubmission() throws {
        let answer = try makeHandler().call("questions/ask", ["text": "Zoe lives in Oslo.", "question": "Zoe lives"])
        #expect(answer?["result"]?["seconds"]?.description == #"{"encode":0.5,"firstToken":0.75,"total":1.25}"#)
    }

    @Test func statusIsReported() throws {
        #expect(
            try makeHandler().call("server/status")?.description
                == #"{"jsonrpc":"2.0","id":1,"result":{"model":"fake","modelDigest":"none","cache":null,"uptime":1.0}}"#
        )
    }

    @Test func notificationsHaveNoReply() throws {
        let handler = try makeHandler()
        #expect(handler.reply(to: #"{"jsonrpc":"2.0","method":"server/status"}"#) == nil)
        #expect(handler.reply(to: #"{"jsonrpc":"2.0","method":"no/such"}"#) == nil)
        #expect(handler.reply(to: " \t\r") == nil)
        let submit = #"{"jsonrpc":"2.0","method":"documents/submit","params":{"text":"a"}}"#
        #expect(handler.reply(to: Array(submit.utf8)) { _ in Issue.record("progress without an id") } == nil)
        #expect(handler.call("documents/list")?["result"] != ["documents": []])
    }

    @Test func batchesAreAnsweredTogether() throws {
        let handler = try makeHandler()
        let notification = #"{"jsonrpc":"2.0","method":"server/status"}"#
        let reply = handler.reply(
            to: #"[1,\#(notification),{"jsonrpc":"2.0","id":null,"method":"server/status"},"#
                + #"{"jsonrpc":"2.0","id":"b","method":"x"}]"#)
        guard case .array(let replies) = reply else {
            Issue.record("no array")
            return
        }
        #expect(replies.map(\.errorCode) == [-32600, nil, -32601])
        #expect(replies.map { $0["id"] } == [.null, .null, "b"])
        #expect(handler.reply(to: "[\(notification),\(notification)]") == nil)
    }

    @Test func duplicateKeysKeepTheFirst() throws {
        let reply = try makeHandler().reply(
            to: #"{"jsonrpc":"2.0","id":1,"id":2,"method":"documents/remove","params":{"document":"a","document":2}}"#)
        #expect(reply?.description == #"{"jsonrpc":"2.0","id":1,"result":{"removed":false}}"#)
    }
}
