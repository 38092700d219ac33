/// Why a vocabulary cannot be used, before it is known which file it is from.
enum TokenizerFileFailure: Error {
    case damaged(String)
    case unsupported(String)
}

extension TokenizationError {
    init(_ failure: TokenizerFileFailure, path: String) {
        self =
            switch failure {
            case .damaged(let reason): .damaged(path: path, reason: reason)
            case .unsupported(let reason): .unsupported(path: path, reason: reason)
            }
    }
}
