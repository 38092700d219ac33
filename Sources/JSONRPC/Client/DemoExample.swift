import Foundation

/// A document with questions whose answers are known.
package struct DemoExample: Equatable {
    package struct Question: Decodable, Equatable {
        let question: String
        let answer: String
    }

    let name: String
    let text: String
    let questions: [Question]

    /// The examples of a directory in the order of their names: each `NAME.txt` that has a `NAME.questions.jsonl`.
    ///
    /// - Throws: ``DemoExampleError`` or `DocumentFileError`.
    package static func all(in directory: String, byteLimit: Int) throws -> [DemoExample] {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw DemoExampleError.noDirectory(directory)
        }
        let folder = URL(fileURLWithPath: directory, isDirectory: true)
        let examples = try files.filter { $0.hasSuffix(".txt") }.sorted().compactMap { file -> DemoExample? in
            let name = String(file.dropLast(".txt".count))
            let questionsFile = name + ".questions.jsonl"
            guard files.contains(questionsFile) else { return nil }
            let lines = try DocumentFile.text(at: folder.appending(path: questionsFile).path, byteLimit: byteLimit)
            return DemoExample(
                name: name,
                text: try DocumentFile.text(at: folder.appending(path: file).path, byteLimit: byteLimit),
                questions: try questions(lines, file: questionsFile))
        }
        guard examples.contains(where: { !$0.questions.isEmpty }) else {
            throw DemoExampleError.noQuestions(directory)
        }
        return examples
    }

    private static func questions(_ lines: String, file: String) throws(DemoExampleError) -> [Question] {
        var questions: [Question] = []
        for (index, line) in lines.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        where !line.allSatisfy(\.isWhitespace) {
            guard let question = try? JSONDecoder().decode(Question.self, from: Data(line.utf8)) else {
                throw .malformedLine(file: file, line: index + 1)
            }
            questions.append(question)
        }
        return questions
    }
}

/// Why a directory holds no usable examples.
package enum DemoExampleError: Error, CustomStringConvertible, Equatable {
    case noDirectory(String)
    case noQuestions(String)
    case malformedLine(file: String, line: Int)

    package var description: String {
        switch self {
        case .noDirectory(let directory):
            "\(directory) is no directory that can be read: give the one with the examples"
        case .noQuestions(let directory):
            "\(directory) holds no questions: put NAME.questions.jsonl beside a NAME.txt"
        case .malformedLine(let file, let line):
            "\(file), line \(line): give {\"question\": \"…\", \"answer\": \"…\"} on each line"
        }
    }
}
