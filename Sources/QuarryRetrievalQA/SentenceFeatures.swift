/// What is known of one candidate sentence with regard to a question. All values lie in 0...1 but ``cosine``
/// and ``gain``, which are negative for sentences less like the question than most.
package struct SentenceFeatures: Sendable, Hashable {
    /// Share of the question's term weight that the sentence holds.
    package var coverage = 0.0
    /// The same for the sentence with its neighbours, its context and the headings above.
    package var windowCoverage = 0.0
    /// The same for the whole passage with headings and title.
    package var passageCoverage = 0.0
    /// Share of the question's neighbouring terms that stand at most four terms apart in the sentence.
    package var proximity = 0.0
    /// 1 where the question asks for a type of thing and the sentence holds a new one.
    package var typeHeld = 0.0
    /// 1 where the question asks for a type of thing and the sentence holds none.
    package var typeMissing = 0.0
    /// One over the passage's rank.
    package var rank = 0.0
    /// How many of the question's terms the window holds, eight or more being 1: half of a long question says more
    /// than half of a short one.
    package var matched = 0.0
    /// ``passageCoverage`` above the mean of the hits, which is small where no passage stands out.
    package var lead = 0.0
    /// Terms of the sentence, sixty or more being 1.
    package var length = 0.0
    /// Share of the question's names and numbers that the passage lacks.
    package var missingNames = 0.0
    /// Weight of the heaviest question term that the passage lacks, over that of the heaviest.
    package var missingTerm = 0.0
    /// The sentence's cosine to the question in standard deviations from the candidates' mean, over 4; 0 without an
    /// embedder. Embedders differ in the range of their cosines, so only the relation among candidates counts.
    package var cosine = 0.0
    /// Mean ``coverage`` of all candidates: high where the hits speak of the question's subject throughout. The same for
    /// every candidate, so it bears on the support only.
    package var meanCoverage = 0.0
    /// 1 where the sentence is written in another script than the question. No overlap can be expected there.
    package var foreign = 0.0
    /// How far the sentence's cosine to the question lies above the candidates' mean, over how far it could: (c − m) /
    /// (1 − m), below 1; 0 without an embedder. Unlike ``cosine`` it stays small where no candidate stands out, and
    /// unlike a bare difference it hardly depends on how narrow the range of the embedder's cosines is.
    package var gain = 0.0

    /// In the order of ``SupportModel``'s weights.
    package var values: [Double] {
        [
            coverage, windowCoverage, passageCoverage, proximity, typeHeld, typeMissing, rank, matched, lead,
            length, missingNames, missingTerm, cosine, meanCoverage, foreign, foreign * cosine, gain,
            foreign * gain,
        ]
    }
}
