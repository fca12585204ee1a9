/// A model that finds the answer to a question in passages: an extractive question-answering model.
public protocol QuestionAnsweringModel: Sendable {
    /// How likely each piece of each passage is to hold the answer.
    ///
    /// - `passages`: Each passage as consecutive pieces of its text, such as sentences.
    /// - Returns: For each piece, the log-odds of the answer against none: the score of the best span that begins in the
    ///   piece, minus the score of no answer in the passage. The same shape as `passages`, finite.
    func answerLogOdds(for question: String, in passages: [[String]]) async throws -> [[Double]]
}
