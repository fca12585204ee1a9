/// How well a system separates answerable from unanswerable questions.
public struct RefusalReport: Sendable, Hashable {
    /// One question's outcome.
    public struct Outcome: Sendable, Hashable {
        public var refused: Bool
        /// Whether the documents contain an answer.
        public var answerable: Bool

        public init(refused: Bool, answerable: Bool) {
            self.refused = refused
            self.answerable = answerable
        }
    }

    /// Unanswerable and refused.
    public var rightRefusals: Int
    /// Answerable but refused.
    public var wrongRefusals: Int
    /// Unanswerable but answered.
    public var missedRefusals: Int
    /// Answerable and answered.
    public var answers: Int

    public init(_ outcomes: [Outcome]) {
        rightRefusals = outcomes.count { $0.refused && !$0.answerable }
        wrongRefusals = outcomes.count { $0.refused && $0.answerable }
        missedRefusals = outcomes.count { !$0.refused && !$0.answerable }
        answers = outcomes.count { !$0.refused && $0.answerable }
    }

    /// The share of refusals that were right. Nil without refusals.
    public var precision: Double? { ratio(rightRefusals, rightRefusals + wrongRefusals) }

    /// The share of unanswerable questions that were refused. Nil without unanswerable questions.
    public var recall: Double? { ratio(rightRefusals, rightRefusals + missedRefusals) }

    /// The harmonic mean of precision and recall. Nil without refusals and unanswerable questions.
    public var f1: Double? { ratio(2 * rightRefusals, 2 * rightRefusals + wrongRefusals + missedRefusals) }

    private func ratio(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}
