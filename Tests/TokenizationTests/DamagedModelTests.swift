import Foundation
import Testing
import Tokenization

struct DamagedModelTests {
    @Test func missingFileIsNamed() throws {
        let path = "/nonexistent/missing.model"
        let error = #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(path: path) }
        #expect(error == .unreadable(path: path, reason: "No such file or directory"))
        #expect(error?.description.contains(path) == true)
    }

    @Test func folderIsUnreadable() throws {
        let path = Fixture.folder.path
        let error = #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(path: path) }
        #expect(error == .unreadable(path: path, reason: "Is a directory"))
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read every file"))
    func forbiddenFileIsUnreadable() throws {
        try Fixture.withFile(holding: Fixture.model()) { path in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
            let error = #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(path: path) }
            #expect(error == .unreadable(path: path, reason: "Permission denied"))
        }
    }

    @Test func otherBytesAreDamaged() throws {
        let noise = Data((0..<4096).map { UInt8(truncatingIfNeeded: ($0 &* 0x9E37_79B1) >> 13) })
        for bytes in [Data(), Data("not a model".utf8), Data(count: 1000), noise] {
            try Fixture.withFile(holding: bytes, expectDamaged)
        }
    }

    /// However much of the file is missing: also where it was cut between two fields, which the library may accept.
    @Test func truncatedFilesAreDamaged() throws {
        let model = try Fixture.model()
        for length in stride(from: 0, to: model.count, by: 5) {
            try expectDamaged(model.prefix(length))
        }
        try expectDamaged(model.dropLast())
        // The normalizer's settings, which come last, begin a few bytes ahead of their name.
        let name = try #require(model.range(of: Data("user_defined".utf8))).lowerBound
        for length in name - 8..<name {
            try expectDamaged(model.prefix(length))
        }
    }

    /// One flipped bit is refused, or leaves a model that stays within its vocabulary; it never takes the process down.
    @Test func flippedBitsNeverTrap() throws {
        let model = try Fixture.model()
        let text = try Fixture.lines("strings.txt").joined(separator: "\n")
        let characterMap = try #require(model.range(of: Data("user_defined".utf8))).upperBound
        let positions =
            Array(stride(from: 0, to: characterMap, by: 31)) + Array(stride(from: characterMap, to: model.count, by: 3))
        var refused = 0
        for (turn, position) in positions.enumerated() {
            var damaged = model
            damaged[position] ^= 1 << UInt8(turn % 8)
            do {
                let tokenizer = try SentencePieceTokenizer(serialized: damaged, source: "damaged.model")
                let tokens = try tokenizer.encode(text)
                #expect(tokens.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
                _ = try tokenizer.decode(tokens)
            } catch is TokenizationError {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test(arguments: [("<s>", "<x>", "beginning", "--bos_id"), ("</s>", "</x>", "end", "--eos_id")])
    func missingSpecialTokensAreNamed(_ piece: String, _ other: String, _ token: String, _ option: String) throws {
        try Fixture.withFile(holding: Fixture.model(replacing: piece, with: other)) { path in
            let error = #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(path: path) }
            #expect(error == .missingSpecialToken(path: path, token: token, option: option))
        }
    }

    private func expectDamaged(_ path: String) {
        let error = #expect(throws: TokenizationError.self) { try SentencePieceTokenizer(path: path) }
        guard case .damaged(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private func expectDamaged(_ bytes: Data) throws {
        let error = #expect(throws: TokenizationError.self, "\(bytes.count) bytes") {
            try SentencePieceTokenizer(serialized: bytes, source: "cut.model")
        }
        guard case .damaged("cut.model", _)? = error else {
            Issue.record("\(bytes.count) bytes: \(String(describing: error))")
            return
        }
    }
}
