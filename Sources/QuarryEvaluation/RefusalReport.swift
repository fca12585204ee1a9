/// How well a system tells questions it can answer from those it cannot.
public struct RefusalReport: Sendable, Hashable {
    /// One question's outcome.
    public struct Outcome: Sendable, Hashable {
        public var refused: Bool
        /// Whether the documents hold an answer.
        public var answerable: Bool

        public init(refused: Bool, answerable: Bool) {
            self.refused = refused
            self.answerable = answerable
        }
    }

    /// Refused, and rightly so.
    public var rightRefusals: Int
    /// Refused although there was an answer.
    public var wrongRefusals: Int
    /// Answered although there was none.
    public var missedRefusals: Int
    public var answers: Int

    public init(_ outcomes: [Outcome]) {
        rightRefusals = outcomes.count { $0.refused && !$0.answerable }
        wrongRefusals = outcomes.count { $0.refused && $0.answerable }
        missedRefusals = outcomes.count { !$0.refused && !$0.answerable }
        answers = outcomes.count { !$0.refused && $0.answerable }
    }

    /// The share of refusals that were right. Nil where nothing was refused.
    public var precision: Double? { ratio(rightRefusals, rightRefusals + wrongRefusals) }

    /// The share of unanswerable questions that were refused. Nil where every question had an answer.
    public var recall: Double? { ratio(rightRefusals, rightRefusals + missedRefusals) }

    /// The harmonic mean of precision and recall. Nil where nothing was refused and nothing should have been.
    public var f1: Double? { ratio(2 * rightRefusals, 2 * rightRefusals + wrongRefusals + missedRefusals) }

    private func ratio(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}
