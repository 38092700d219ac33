import Testing

@testable import Serve

@Suite struct EvalCommandTests {
    @Test(arguments: [("4", [4]), ("4,8,16", [4, 8, 16]), ("1,10000,1", [1, 10_000, 1]), ("007", [7])])
    func listsOfNumbersAreRead(argument: String, numbers: [Int]) {
        #expect(NumberList(argument: argument)?.numbers == numbers)
    }

    @Test(arguments: [
        "", ",", "4,", ",4", "4,,8", "4;8", "4 8", "four", "0", "4,0", "-4", "10001", "1.5", "99999999999999999999",
    ])
    func whatIsNoListOfPositiveNumbersIsRefused(argument: String) {
        #expect(NumberList(argument: argument) == nil)
    }

    @Test func defaultsAreThoseOfTheTask() throws {
        let command = try EvalCommand.parse([])
        #expect(command.people.numbers == [4, 8, 16, 32] && command.documents == 50 && command.questions == 10)
        #expect(command.people.defaultValueDescription == "4,8,16,32")
        #expect(try EvalCommand.parse(["--people", "2,3", "--seed", "9", "--json"]).people.numbers == [2, 3])
    }

    @Test(arguments: [
        (["--documents", "0"], "--documents"), (["--documents", "100001"], "--documents"),
        (["--questions", "0"], "--questions"), (["--questions", "10001"], "--questions"),
        (["--distractors=-1"], "--distractors"), (["--people", "4,x"], "--people"), (["--seed=-1"], "--seed"),
        (["--task", "novel"], "--task"), (["--threads", "0"], "--threads"),
    ])
    func wrongArgumentsAreNamed(arguments: [String], name: String) throws {
        let error = try #require(throws: (any Error).self) { try EvalCommand.parse(arguments) }
        #expect(EvalCommand.message(for: error).contains(name))
    }
}
