/// How these numbers came about (November 2026).
///
/// Data: SQuAD 2.0 dev (1,216 paragraphs, 2,910 answerable questions whose paragraph is known) and XQuAD Russian and
/// English (240 paragraphs, 1,190 questions each). Articles were split in two halves by a hash of their name; all
/// fitting, the choice of threshold included, used one half. For each question five paragraphs were retrieved, once
/// from the whole corpus, once without the question's paragraph, and once without its article ("off-corpus": there is
/// nothing to answer with): by BM25 (k1 1.2, b 0.75) for the lexical model; for the one with cosines by reciprocal
/// rank fusion (k 60) of BM25 and cosine, as hybrid search does. That one also saw XQuAD across languages: paragraphs
/// of the other language, one of which answers, among paragraphs of the question's language from other articles. The
/// features are those of ``SentenceFeatures``, computed by the code that ships; cosines are of multilingual-e5-small with
/// 4-bit weights.
///
/// Ranking: conditional logit on the answerable questions, a candidate being right when it is a sentence of the gold
/// paragraph that contains a gold answer (L2 penalty 1e-4; each set weighs as the root of its size, cross-language
/// questions 0.7 of that). Support: logistic regression, on the best candidate, of answerable against off-corpus, with
/// a tenth of the weight for a missing paragraph and a twentieth for adversarial questions; then rescaled (Platt) to
/// the probability that the best candidate holds the answer, where half of the questions are off-corpus. Threshold: the
/// value that refuses 12.5 % of SQuAD's answerable training questions, the hardest of the sets; gate: the one that
/// refuses 4 % on the average of the sets.
///
/// Held-out halves, with cosines (SQuAD 2 / XQuAD ru / XQuAD en):
/// - the best sentence holds the answer: 77.4 / 77.7 / 79.5 %; one of the best two: 85.8 / 88.5 / 90.5 %; one of the
///   sentences shown (1.5 on average): 85.8 / 86.9 / 90.1 %. In 94.7 / 98.6 / 99.0 % any candidate does.
/// - refused at the threshold: answerable 11.4 / 12.3 / 4.8 %; off-corpus 95.5 / 98.1 / 98.6 %; only the gold paragraph
///   missing, its article present 66.6 / 88.1 / 85.4 %.
/// - refused at the gate: answerable 5.6 / 5.0 / 2.2 %; off-corpus 88.0 / 96.3 / 96.2 %.
/// - across languages (Russian question / English question): best sentence 73.6 / 66.9 %, shown 88.3 / 83.5 %; refused
///   at the threshold: answerable 19.1 / 13.0 %, off-corpus 88.4 / 89.2 %.
/// - SQuAD 2's adversarial questions, written to look answerable by their paragraph, are refused in 24.6 % only; of the
///   refusals among these and the answerable ones 69.9 % are right. Neither overlap of words nor cosines of sentences
///   can tell them apart; do not expect it.
///
/// Held-out halves, lexical model: the best sentence 75.2 / 73.6 / 76.8 %, one of the best two 83.8 / 85.9 / 88.1 %, one
/// of those shown 83.2 / 85.4 / 87.0 %; refused at the threshold: answerable 12.4 / 17.1 / 9.9 %, off-corpus 90.2 / 97.1 /
/// 97.4 %, adversarial 22.4 %; at the gate: answerable 3.3 / 5.3 / 3.2 %, off-corpus 68.7 / 81.1 / 83.2 %.
extension SupportModel {
    package static let lexical = SupportModel(
        ranking: [
            6.166, 0.887, 0.862, 1.302, 1.026, -1.026, 2.173, 5.409, 0.862, -0.501, -1.922, 1.793, 0, 0, 0, 0, 0, 0,
        ],
        support: [
            3.858, -0.834, -0.865, 1.232, 0.106, -0.977, 1.378, 4.466, 4.376, -1.148, -2.208, 1.804, 0, 7.719, 0, 0, 0,
            0,
        ],
        bias: -7.028, threshold: 0.25, gate: 0.09)

    package static let withCosine = SupportModel(
        ranking: [
            3.77, 2.353, 1.155, 0.53, 0.96, -0.96, 1.445, 3.111, 1.156, -0.385, -1.162, 1.064, 3.45, 0, 6.8, 4.309, 0,
            0,
        ],
        support: [
            0.491, 1.341, -0.569, 0.591, -0.035, -0.59, 0.455, 1.738, 3.12, -0.365, -0.676, 0.978, -3.486, 4.178, 1.022,
            5.489, 12.812, 3.725,
        ],
        bias: -5.546, threshold: 0.29, gate: 0.14)
}
