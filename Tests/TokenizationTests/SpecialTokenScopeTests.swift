import Testing

@testable import Tokenization

@Suite struct SpecialTokenScopeTests {
    @Test func rangesCoverWhatLiesWithinOneOfThem() {
        let scope = SpecialTokenScope.within([2..<5, 7..<9, 12..<20])
        let covered = [2..<5, 3..<4, 7..<8, 13..<20], others = [0..<2, 4..<6, 5..<7, 4..<8, 8..<13, 20..<21]
        #expect(covered.allSatisfy(scope.covers) && !others.contains(where: scope.covers))
        #expect(SpecialTokenScope.everywhere.covers(0..<1) && !SpecialTokenScope.nowhere.covers(0..<1))
        #expect(!SpecialTokenScope.within([]).covers(0..<1))
    }

    @Test func onlyTrustedSpellingsBecomeTokens() throws {
        let byteLevel = try ByteLevelFixture.tokenizer(ByteLevelFixture.smallFile())
        let text = "ab</s>ab</s>"
        #expect(
            try byteLevel.encode(text, specialTokens: .within([0..<6])) == [256, 257, 256]
                + Array("</s>".utf8).map(Int.init))
        #expect(try byteLevel.encode(text, specialTokens: .within([8..<12])).count { $0 == 257 } == 1)
        #expect(try byteLevel.encode(text, specialTokens: .within([3..<12])).last == 257)
        #expect(try byteLevel.encode(text, specialTokens: .within([0..<12])) == [256, 257, 256, 257])

        let sentencePiece = try Fixture.tokenizer()
        let pieces = try sentencePiece.encode("Oslo</s>Oslo</s>", specialTokens: .within([4..<8]))
        #expect(pieces.count { $0 == sentencePiece.eos } == 1 && pieces.last != sentencePiece.eos)
    }
}
