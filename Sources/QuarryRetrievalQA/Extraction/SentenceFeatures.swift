/// The features of one candidate sentence for a question. All values lie in 0...1 except ``cosine`` and ``gain``, which
/// are negative for sentences less similar to the question than the average.
package struct SentenceFeatures: Sendable, Hashable {
    /// Share of the question's term weight in the sentence.
    package var coverage = 0.0
    /// The same for the sentence with its neighbours and the headings above.
    package var windowCoverage = 0.0
    /// The same for the whole passage with headings and title.
    package var passageCoverage = 0.0
    /// Share of the question's neighbouring terms that are at most four terms apart in the sentence.
    package var proximity = 0.0
    /// 1 if the question asks for a type of thing and the sentence contains a new one.
    package var typeHeld = 0.0
    /// 1 if the question asks for a type of thing and the sentence contains none.
    package var typeMissing = 0.0
    /// The same if the type is a time or number: then the sentence is hardly an answer.
    package var strictlyMissing = 0.0
    /// 1 divided by the passage's rank.
    package var rank = 0.0
    /// The number of question terms in the window, divided by eight and capped at 1: half of a long question is
    /// stronger evidence than half of a short one.
    package var matched = 0.0
    /// ``passageCoverage`` minus the mean of the hits. Small if all passages are alike.
    package var lead = 0.0
    /// Number of terms in the sentence, divided by sixty and capped at 1.
    package var length = 0.0
    /// Share of the question's names and numbers that are not in the passage.
    package var missingNames = 0.0
    /// Weight of the heaviest question term that is not in the passage, divided by that of the heaviest.
    package var missingTerm = 0.0
    /// The sentence's cosine to the question in standard deviations from the candidates' mean, divided by 4; 0 without
    /// an embedder. Embedders differ in the range of their cosines, so only the relation among candidates counts.
    package var cosine = 0.0
    /// Mean ``coverage`` of all candidates: high if all hits are about the question's subject. It is equal for all
    /// candidates, so it affects only the support.
    package var meanCoverage = 0.0
    /// 1 if sentence and question are in different scripts. No overlap can be expected then.
    package var foreign = 0.0
    /// 1 if the question asks what a thing is and the sentence begins with the thing and says it.
    package var definition = 0.0
    /// 1 if only one of question and sentence denies something.
    package var negation = 0.0
    /// The distance of the sentence's cosine from the candidates' mean, divided by the largest possible distance: (c −
    /// m) / (1 − m), below 1; 0 without an embedder. Unlike ``cosine`` it is small if all candidates are alike. It
    /// hardly depends on the range of the embedder's cosines.
    package var gain = 0.0

    /// How far the cosine of the best passage with a candidate is above the background of the corpus: (c − b) / (1 − b),
    /// 0...1; 0 without a vector search. It is equal for all candidates, so it affects only the support.
    package var vectorLead = 0.0

    /// In the order of ``SupportModel``'s weights.
    package var values: [Double] {
        [
            coverage, windowCoverage, passageCoverage, proximity, typeHeld, typeMissing, rank, matched, lead,
            length, missingNames, missingTerm, cosine, meanCoverage, foreign, foreign * cosine, gain,
            foreign * gain, definition, negation,
            strictlyMissing, vectorLead, foreign * vectorLead,
        ]
    }
}
