import PERKModel

/// A service that learns documents and answers questions about them: what every front end speaks to.
///
/// A document is learned once and is known afterwards by its identifier, `sha256:` followed by the hexadecimal digest
/// of its bytes. Every method may be called from several tasks at once. A task that is cancelled ends with a
/// `CancellationError` at once; the work for it stops at the next micro-batch or token, unless others want it too.
///
/// All methods throw ``ServiceError`` and `QuestionAnsweringError`, and an error of the cache where its file fails.
public protocol DocumentAnswering: Sendable {
    /// Learns a document, or finds it among those already learned.
    ///
    /// When this is suspended for the first time, the document counts as being learned: a question about it waits.
    ///
    /// - Parameter progress: Called at most ten times a second while the document is encoded, from any thread, and not
    ///   at all for a cached one.
    /// - Throws: `QuestionAnsweringError.emptyDocument`, `.documentTooLong` or `.diverged`, ``ServiceError/queueFull(limit:)``,
    ///   ``ServiceError/shuttingDown``. Nothing is stored when this throws.
    func submit(_ request: SubmitRequest, progress: ProgressHandler?) async throws -> SubmittedDocument

    /// Learns a longer document: one that was learned with its text kept, followed by more text. The longer document is
    /// learned anew, from its beginning, under its own identifier; the other one stays.
    ///
    /// - Parameter progress: As for ``submit(_:progress:)``.
    /// - Throws: As ``submit(_:progress:)``, and ``ServiceError/noTextKept(document:)``.
    func append(_ request: AppendRequest, progress: ProgressHandler?) async throws -> SubmittedDocument

    /// The documents that can be asked about without learning them again, most recently used first.
    func documents() async throws -> [DocumentSummary]

    /// Forgets a document, under every model, with its pin and its text.
    ///
    /// - Returns: Whether it was known.
    func remove(document: String) async throws -> Bool

    /// Lets a document stay when the cache makes room, or lets it go again.
    ///
    /// - Throws: `QuestionAnsweringError.unknownDocument`.
    func setPinned(_ isPinned: Bool, document: String) async throws

    /// Answers a question about a document: one that was learned, that is being learned, or whose text comes along.
    ///
    /// - Parameter progress: As for ``submit(_:progress:)``, for a text that comes along.
    /// - Returns: The answer's text as it is written, where the request says so, and last the answer. The stream throws
    ///   `QuestionAnsweringError.unknownDocument`, `.emptyQuestion` or `.questionTooLong`, and what
    ///   ``submit(_:progress:)`` throws. Who stops reading it cancels the work.
    func ask(_ request: AskRequest, progress: ProgressHandler?) -> AsyncThrowingStream<AnswerEvent, any Error>

    /// Accepts nothing more, and refuses what waits, with ``ServiceError/shuttingDown``; what is being computed ends.
    func refuseWaiting()

    /// Stops what is being computed too; those who wait for it get ``ServiceError/shuttingDown``. To be called before the
    /// process ends, for it has the cache write what waits to be written.
    func stop()

    /// What is being served, how full the cache is, and how much work waits.
    func status() async throws -> ServiceStatus
}

/// Told of the progress of an encoding, from any thread.
public typealias ProgressHandler = @Sendable (EncodingProgress) -> Void

/// What becomes of a question.
public enum AnswerEvent: Sendable {
    /// The next piece of the answer's text.
    case text(String)
    /// The whole answer; the last event.
    case answer(Answer)
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}

extension DocumentAnswering {
    /// As ``submit(_:progress:)``, without progress.
    public func submit(_ request: SubmitRequest) async throws -> SubmittedDocument {
        try await submit(request, progress: nil)
    }

    /// The whole answer to a question.
    ///
    /// - Parameters:
    ///   - progress: As for ``ask(_:progress:)``.
    ///   - onText: Called with each piece of the answer's text, where the request says so.
    /// - Throws: What the stream of ``ask(_:progress:)`` throws; `CancellationError` where this task is cancelled.
    public func answer(
        _ request: AskRequest, progress: ProgressHandler? = nil, onText: @Sendable (String) -> Void = { _ in }
    ) async throws -> Answer {
        for try await event in ask(request, progress: progress) {
            switch event {
            case .text(let text): onText(text)
            case .answer(let answer): return answer
            }
        }
        // The stream of a cancelled task ends early.
        throw CancellationError()
    }
}

/// Why the service did not do what was asked, where neither the document nor the question is at fault alone.
public enum ServiceError: Error, CustomStringConvertible, Equatable, Sendable {
    /// A member of a request that is missing, out of range, or excluded by another.
    case invalid(parameter: String, reason: String)
    /// As many documents or questions wait as the service lets wait.
    case queueFull(limit: Int)
    /// The service accepts nothing more.
    case shuttingDown
    /// A document is not known with its text, so that nothing can be appended to it.
    case noTextKept(document: String)

    public var description: String {
        switch self {
        case .invalid(let parameter, let reason):
            "\(parameter): \(reason)"
        case .queueFull(let limit):
            "the queue is full, \(limit) are waiting: try again later"
        case .shuttingDown:
            "the service is shutting down: try again elsewhere, or once it runs again"
        case .noTextKept(let document):
            "no text of document \(document.prefix(80)) is kept: submit the whole text, with keepText: true"
        }
    }
}
