/// How a sentence of an answer relates to one place of a passage. Values lie in 0...1.
package struct ClaimFeatures: Sendable, Hashable {
    /// Share of the weight of the sentence's own words, those that the question lacks, in the place.
    package var coverage = 0.0
    /// The same with the headings and, where the place speaks of something named before, its neighbours.
    package var contextCoverage = 0.0
    /// Share of the weight of all words with content.
    package var allCoverage = 0.0
    /// Share of all words, function words too.
    package var wordShare = 0.0
    /// Share of neighbouring words with content that are neighbours in the place too.
    package var neighbours = 0.0
    /// The longest run of words that the place has too, as a share of the sentence.
    package var run = 0.0
    /// The longest sequence of words that the place has in the same order, as a share of the sentence.
    package var sequence = 0.0
    /// The number of words with content that are nowhere in the place or its context, divided by 4 and capped at 1.
    package var missingWords = 0.0
    /// Whether no word with content is missing.
    package var isComplete = 0.0
    /// Whether a name is missing.
    package var missingName = 0.0
    /// Whether a number, date, time or code is missing.
    package var missingFact = 0.0
    /// Whether the word counted by a number is missing.
    package var missingCounted = 0.0
    /// Whether a word stands in the place of another in an otherwise equal stretch, and is no synonym of it.
    package var substituted = 0.0
    /// Whether one denies what the other says.
    package var negation = 0.0
    /// Whether the place has the opposite of a word.
    package var antonym = 0.0
    /// Whether two things change their parts: who did it, and to whom.
    package var swappedRoles = 0.0
    /// Whether a number is said of another thing.
    package var otherSubject = 0.0
    /// Whether the sentence speaks of its author or reader, and the place does not.
    package var personal = 0.0
    /// Whether the sentence says how sure or pleased its author is, and the place does not.
    package var opinion = 0.0
    /// Whether the sentence asks.
    package var question = 0.0
    /// Share of the question's words in the place and its surroundings.
    package var askedCoverage = 0.0
    /// Whether the sentence says nothing that the question does not say.
    package var nothingNew = 0.0

    /// Whether the place has names of the sentence, and nothing that it says of them. Like those below, it is not a feature of
    /// the model: no weight outvotes it.
    package var lacksPredicate = false

    /// Whether it mixes two statements of the place.
    package var isMixed = false
    /// Whether one of its words is said of the same in another place.
    package var isBorrowed = false
    /// Whether it restricts what the place says without restriction, or says of all what the place says of some.
    package var isWidened = false
    /// Whether a number is a limit here, and not there, or the other way round.
    package var isOtherBound = false

    package init() {}

    /// In the order of the weights of ``VerificationModel``.
    package var values: [Double] {
        [
            coverage, contextCoverage, allCoverage, wordShare, neighbours, run, sequence, missingWords, isComplete,
            missingName, missingFact, missingCounted, substituted, negation, antonym, swappedRoles, otherSubject,
            personal,
            opinion, question, askedCoverage, nothingNew,
        ]
    }

    /// Whether the place says otherwise.
    package var contradicts: Bool {
        negation > 0 || antonym > 0 || swappedRoles > 0 || otherSubject > 0 || isMixed || isOtherBound
    }
    /// Whether the place lacks something that must match exactly.
    package var lacksFact: Bool { missingName > 0 || missingFact > 0 || isWidened }
    /// Whether nothing keeps the place from supporting the sentence.
    package var mayAgree: Bool { !contradicts && !lacksFact && !lacksPredicate && !isBorrowed }
}
