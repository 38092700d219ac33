import BenchmarkData

extension TrainingConfiguration {
    /// The files of rows that the curriculum and the evaluation name, opened, by their paths.
    ///
    /// - Throws: `RowError`.
    func rowFiles() throws(RowError) -> [String: RowFile] {
        let parts = curriculum.flatMap(\.mixture)
        let paths = parts.map(\.path) + evaluation.files.map(\.path)
        let formats = parts.map(\.format) + evaluation.files.map(\.format)
        var files: [String: RowFile] = [:]
        for (path, format) in zip(paths, formats) {
            guard let path, files[path] == nil else { continue }
            files[path] = try RowFile(path: path, format: format)
        }
        return files
    }

    /// The documents of `evaluation.files`, in their order.
    ///
    /// - Parameter files: the opened files, by their paths.
    /// - Throws: `RowError`.
    func heldOutFiles(_ files: [String: RowFile]) throws(RowError) -> [FileSource] {
        var sources: [FileSource] = []
        for (file, name) in zip(evaluation.files, evaluation.fileNames) {
            guard let opened = files[file.path ?? ""] else { preconditionFailure("a file was not opened") }
            sources.append(try FileSource(opened, name: name))
        }
        return sources
    }

    /// What the sets of documents about people are called, those of a stage's goal among them.
    var peopleLabels: [SourceLabel] {
        (evaluation.people + curriculum.compactMap(\.until?.measuredPeople)).map(EvaluationSection.label(people:))
    }

    /// The sentences of the texts that the curriculum and the evaluation name, by their paths.
    ///
    /// - Throws: `ClozeTextsError`.
    func clozeSentences() throws(ClozeTextsError) -> [String: [String]] {
        let paths = curriculum.flatMap(\.mixture).map(\.texts) + evaluation.tasks.map(\.texts)
        var sentences: [String: [String]] = [:]
        for path in Set(paths.compactMap(\.self)) { sentences[path] = try ClozeTexts(path: path).sentences }
        return sentences
    }
}
