/// A model that finds the answer to a question in passages: an extractive question-answering model.
public protocol QuestionAnsweringModel: Sendable {
    /// How likely each piece of each passage is to hold the answer.
    ///
    /// - `passages`: Each passage as consecutive pieces of its text, such as sentences.
    /// - Returns: For each piece, the log-odds of the answer against none: the score of the best span that begins in the
    ///   piece, minus the score of no answer in the passage. The same shape as `passages`, finite.
    func answerLogOdds(for question: String, in passages: [[String]]) async throws -> [[Double]]
}

/// A question-answering model did not rate every piece with a finite number.
public struct QuestionAnsweringError: Error, Sendable, Hashable, CustomStringConvertible {
    public init() {}

    public var description: String {
        "The question-answering model did not rate every piece of the passages with a finite number."
    }
}
