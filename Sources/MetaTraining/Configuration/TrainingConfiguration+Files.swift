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
