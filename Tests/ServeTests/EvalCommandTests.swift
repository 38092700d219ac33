import Foundation
import Testing

@testable import Serve

@Suite struct EvalCommandTests {
    @Test(arguments: [("4", [4]), ("4,8,16", [4, 8, 16]), ("1,10000000,1", [1, 10_000_000, 1]), ("007", [7])])
    func listsOfNumbersAreRead(argument: String, numbers: [Int]) {
        #expect(NumberList(argument: argument)?.numbers == numbers)
    }

    @Test(arguments: [
        "", ",", "4,", ",4", "4,,8", "4;8", "4 8", "four", "0", "4,0", "-4", "10000001", "1.5", "99999999999999999999",
    ])
    func whatIsNoListOfPositiveNumbersIsRefused(argument: String) {
        #expect(NumberList(argument: argument) == nil)
    }

    @Test func sharesAndWordsAreRead() {
        #expect(ShareList(argument: "0,0.25,1")?.shares == [0, 0.25, 1])
        for argument in ["", "0,", "1.5", "-0.1", "nan", "half"] { #expect(ShareList(argument: argument) == nil) }
        #expect(WordList(argument: "qa1,facts")?.words == ["qa1", "facts"])
        for argument in ["", "a,", "a,a"] { #expect(WordList(argument: argument) == nil) }
    }

    @Test func defaultsAreThoseOfTheTask() throws {
        let command = try EvalCommand.parse([])
        #expect(command.documentOptions.documents == 50 && command.documentOptions.questions == 10)
        #expect(command.documentOptions.tasks == nil && command.methodOptions.methods == nil)
        #expect(command.methodOptions.form == .auto && command.methodOptions.shots == 1)
        let other = try EvalCommand.parse(["--people", "2,3", "--seed", "9", "--json", "--methods", "perk"])
        #expect(other.documentOptions.people?.numbers == [2, 3] && other.methodOptions.methods?.words == ["perk"])
    }

    @Test(arguments: [
        (["--documents", "0"], "--documents"), (["--documents", "100001"], "--documents"),
        (["--questions", "0"], "--questions"), (["--questions", "10001"], "--questions"),
        (["--distractors=-1"], "--distractors"), (["--people", "4,x"], "--people"), (["--seed=-1"], "--seed"),
        (["--task", "novel"], "--task"), (["--threads", "0"], "--threads"), (["--depths", "2"], "--depths"),
        (["--task", "qa1", "--people", "4"], "--people"), (["--methods", "perk,guess"], "--methods"),
        (["--max-tokens", "0"], "--max-tokens"), (["--form", "chatty"], "--form"), (["--shots=-1"], "--shots"),
        (["--format", "xml"], "--format"),
    ])
    func wrongArgumentsAreNamed(arguments: [String], name: String) throws {
        let error = try #require(throws: (any Error).self) { try EvalCommand.parse(arguments) }
        #expect(EvalCommand.message(for: error).contains(name))
    }
}
