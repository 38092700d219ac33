import StrictJSON
import Testing

@testable import JSONRPC

/// Whatever comes in, each line that is not blank gets one reply, and the next good request is served.
@Suite struct RandomInputTests {
    private let status = Array(#"{"jsonrpc":"2.0","id":"good","method":"server/status"}"#.utf8)

    /// Serves each line followed by a good request, and expects a refusal and a result for every line.
    private func expectRefusals(_ lines: [[UInt8]]) async throws {
        let newline = [UInt8(ascii: "\n")]
        let replies = try await serve(lines.flatMap { $0 + newline + status + newline })
        #expect(replies.count == 2 * lines.count)
        #expect(replies.count { $0["error"] != nil } == lines.count)
        #expect(replies.count { $0["id"] == "good" && $0["result"]?["model"] == "fake" } == lines.count)
    }

    @Test func randomBytes() async throws {
        var generator = SeededGenerator(seed: 1)
        let lines = (0..<2_000).map { _ in
            let count = Int.random(in: 1...80, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            return [UInt8(ascii: "x")] + bytes.filter { $0 != UInt8(ascii: "\n") }
        }
        try await expectRefusals(lines)
    }

    /// Pieces of JSON in any order, which get further than random bytes do.
    @Test func randomPieces() async throws {
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "1", "-", "e999", "null", "true", "\"jsonrpc\"",
            "\"2.0\"", "\"method\"", "\"id\"", "\"params\"", "\"documents/submit\"", "\"text\"", "\u{0}", "é",
            "\u{feff}",
        ]
        var generator = SeededGenerator(seed: 2)
        let lines = (0..<2_000).map { _ in
            let count = Int.random(in: 1...30, using: &generator)
            let chosen = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }
            // The unbalanced start keeps every line from being a batch of notifications, which has no reply.
            return Array(("{" + chosen.joined()).utf8)
        }
        try await expectRefusals(lines)
    }

    /// A good request with a few bytes damaged: it may still be good, but there is never more than one reply, and the
    /// request after it is served.
    @Test func damagedRequests() async throws {
        let request =
            #"{"jsonrpc":"2.0","id":1,"method":"questions/ask","params":"#
            + #"{"text":"Zoe lives in Oslo.","question":"Where does Zoe live?","maxTokens":5,"topP":0.5}}"#
        let handler = try makeHandler()
        var generator = SeededGenerator(seed: 3)
        var codes: [Int?: Int] = [:]
        for _ in 0..<4_000 {
            var line = Array(request.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = line.indices.randomElement(using: &generator) ?? 0
                line[index] = UInt8.random(in: .min ... .max, using: &generator)
            }
            let replies = try await handler.messages(to: line)
            #expect(replies.count <= 1)
            codes[replies.first?.errorCode, default: 0] += 1
            #expect(try await handler.messages(to: status).first?["result"] != nil)
        }
        let expected: [Int?] = [nil, -32700, -32600, -32601, -32602]
        #expect(expected.allSatisfy { codes[$0, default: 0] > 10 }, "\(codes)")
        #expect(codes.count == expected.count, "\(codes)")
    }
}
