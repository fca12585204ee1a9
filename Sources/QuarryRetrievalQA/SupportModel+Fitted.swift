/// How these numbers came about (30 November 2026).
///
/// Data: SQuAD 2.0 dev (1,500 of its questions), XQuAD Russian (350), RuBQ's questions over paragraphs of Russian
/// Wikipedia (370), and XQuAD with half of the articles in English and half in Russian, or half in German and half in
/// English, asked in both languages (300 and 200 each). For each question five passages were retrieved by hybrid search:
/// from the whole corpus, without the question's paragraph, and without its article ("off-topic": there is nothing to
/// answer with). The features are those of ``SentenceFeatures``, computed by the code that ships; cosines are of
/// multilingual-e5-small with 4-bit weights, of the 16 candidates that are best by their words and 24 in another script.
///
/// Ranking: conditional logit on the answerable questions, a candidate being right when it is a sentence of the gold
/// paragraph that contains a gold answer (L2 penalty 1e-3; each set weighs as the root of its size; without RuBQ, whose
/// answers are names in the nominative). Support: logistic regression, on the best candidate, of answerable questions
/// whose paragraph was retrieved against off-topic ones, with a fifth of the weight for a missing paragraph and a fifth
/// for adversarial questions; then rescaled (Platt) to the probability that the best candidate holds the answer, where
/// half of the questions are off-topic. Thresholds refuse some 9 % of the answerable questions of SQuAD, the hardest set;
/// gates 3 to 4 %. The weight of `definition` was set by hand: these sets ask for hardly any.
///
/// Two-fold cross-validation by article, with cosines and background (SQuAD / XQuAD ru / across English and Russian):
/// - paragraph retrieved, the best sentence holds the answer: 81.5 / 80.6 / 61.1–82.6 %; one of the sentences shown (1.5
///   on average): 91.3 / 89.0 / 82.1–90.7 %.
/// - refused if a tenth of the answerable questions is: off-topic 97.5 / 97.4 / 96.7–97.7 %; only the paragraph missing
///   58.6 / 78.6 / 80–93 %; SQuAD's adversarial questions 27.0 %. AUROC off-topic 0.984 / 0.982 / 0.986–0.993, RuBQ 0.943.
/// - German questions of English passages and the reverse share a script, so they are compared by words: 40 % or more
///   are refused wrongly.
///
/// Without the background: off-topic 95.1 / 97.4 / 97.0–98.0 %, adversarial 22.5 %, RuBQ's AUROC 0.895. By words alone:
/// best sentence 79.8 / 75.7 %, shown 88.9 / 87.6 %, off-topic 87.9 / 90.6 %, adversarial 19.8 %, RuBQ's AUROC 0.789;
/// across scripts nothing can be found.
extension SupportModel {
    /// Without an embedder.
    package static let lexical = SupportModel(
        ranking: [
            6.071, 2.73, -1.619, 1.84, 0.222, -1.041, 3.049, 0.101, -1.619, 0.347, -1.712, -1.155, 0, 0, 0, 0, 0, 0, 1,
            0.09, -0.893, 0, 0,
        ],
        support: [
            1.083, 0.166, -3.17, 1.309, -0.042, -0.394, 0.808, 3.036, 5.739, -0.4, -1.91, 0.832, 0, 5.911, 0, 0, 0, 0,
            0, -1.196, -0.669, 0, 0,
        ],
        bias: -3.528, threshold: 0.24, gate: 0.12)

    /// With the cosines of sentences, in a corpus too small for a background, or found by words alone.
    package static let withCosine = SupportModel(
        ranking: rankingWithCosine,
        support: [
            -1.099, 1.207, -1.709, -0.101, -0.262, -0.408, 0.11, 0.64, 3.765, 0.107, -1.015, 0.193, -2.295, 3.116,
            1.576, 4.828, 12.051, 3.911, 0, -0.917, -0.476, 0, 0,
        ],
        bias: -3.222, threshold: 0.25, gate: 0.14)

    /// With the cosines of sentences and the background of the corpus.
    package static let withBackground = SupportModel(
        ranking: rankingWithCosine,
        support: [
            0.197, 1.321, -1.099, -0.061, -0.226, -0.305, -0.096, -0.332, 1.389, 0.128, -0.691, 0.267, 0.997, -0.544,
            1.748, 4.169, 3.225, 3.75, 0, -0.782, -0.325, 9.12, -3.054,
        ],
        bias: -4.83, threshold: 0.22, gate: 0.13)

    private static let rankingWithCosine = [
        2.832, 2.273, 0.203, 0.263, 0.125, -1.219, 1.71, -0.017, 0.203, -0.198, -1.145, -0.483, 3.637, 0, 4.49, 0.876,
        2.113, 0.419, 1, 0.244, -0.606, 0, 0,
    ]
}
