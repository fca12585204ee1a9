/// How these numbers came about (30 November 2026).
///
/// Data: SQuAD 2.0 dev (900 of its questions), XQuAD Russian (300), RuBQ's questions over paragraphs of Russian Wikipedia
/// (200), and XQuAD with half of the articles in English and half in Russian, asked in both languages (300 each). For each
/// question five passages were retrieved by hybrid search: from the whole corpus, without the question's paragraph, and
/// without its article ("off-topic": there is nothing to answer with). Small corpora were made of these: the question's
/// paragraph alone or with two others; one or three off-topic ones; three in the question's language with one in the
/// other. The features are those of ``SentenceFeatures``, computed by the code that ships; cosines are of
/// multilingual-e5-small with 4-bit weights, of the 16 candidates that are best by their words and 24 in another script.
///
/// Ranking: conditional logit on the answerable questions, a candidate being right when it is a sentence of the gold
/// paragraph that contains a gold answer (L2 penalty 1e-3; each set and kind of corpus weighs as the root of its size;
/// without RuBQ, whose answers are names in the nominative). Support: logistic regression, on the best candidate, of
/// answerable questions whose paragraph was retrieved against off-topic ones, with a fifth of the weight for a missing
/// paragraph and a fifth for adversarial questions; then rescaled (Platt) to the probability that the best candidate holds
/// the answer, where half of the questions are off-topic. Set by hand: the weight of `definition`, because these sets ask
/// for hardly any, and −1.8 for `strictlyMissing` (fitted −0.6, 0.3 to 0.7 points better): a "when" without a time is no
/// answer.
///
/// Two-fold cross-validation by article, with cosines and background:
///
/// | | best sentence | one of those shown | off-topic refused, if 10 % of the answerable are | AUROC |
/// |---|---|---|---|---|
/// | SQuAD | 81.2 % | 91.2 % of 1.53 | 97.4 % (adversarial 24.1 %) | 0.985 |
/// | XQuAD ru | 76.0 % | 86.8 % of 1.52 | 97.7 % | 0.983 |
/// | both languages, asked in English, in Russian | 75.9, 77.9 % | 87.1, 88.0 % of 1.6 | 98.3, 98.3 % | 0.995, 0.989 |
/// | RuBQ | | | 84.8 % | 0.938 |
///
/// In the smallest corpora (no background): one paragraph, SQuAD 92.9 %, XQuAD ru 95.3 %; one of four passages in the other
/// language holds the answer, 71 to 74 %, therefore the higher threshold. By words alone: best sentence 78.2, 76.4 %, shown
/// 90.7, 84.8 %, off-topic 84.4, 91.3 % (SQuAD, XQuAD ru); nothing across scripts.
extension SupportModel {
    /// Without an embedder.
    package static let lexical = SupportModel(
        ranking: [
            5.599, 2.2, 0.188, 1.208, 0.581, -2.051, 2.9, 2.769, 0.188, -0.189, -1.219, 0.976, 0, 0, 0, 0, 0, 0, 2.5,
            -0.108, -1.8, 0, 0,
        ],
        support: [
            1.256, -0.262, 2.277, 0.882, -0.011, 0.007, 2.022, 3.643, -1.558, -0.781, -2.099, 1.139, 0, 4.795, 0, 0, 0,
            0, 0, -0.865, -0.301, 0, 0,
        ],
        bias: -5.802, threshold: 0.22, foreignThreshold: 0.22, gate: 0.1)

    /// With the cosines of sentences, in a corpus too small for a background, or found by words alone.
    package static let withCosine = SupportModel(
        ranking: rankingWithCosine,
        support: [
            -1.204, 0.222, 1.705, 0.445, -0.094, -0.67, 1.671, 1.023, -0.627, -0.126, -1.019, 0.528, -2.87, 4.925,
            2.607, 3.143, 8.544, 4.507, 0, -0.375, 0.11, 0, 0,
        ],
        bias: -4.617, threshold: 0.24, foreignThreshold: 0.55, gate: 0.12)

    /// With the cosines of sentences and the background of the corpus.
    package static let withBackground = SupportModel(
        ranking: rankingWithCosine,
        support: [
            0.161, 0.603, -0.006, 0.159, -0.112, -0.745, 0.195, -0.201, 2.033, -0.105, -1.058, 0.77, 0.074, 1.405, 2.53,
            1.309, 2.514, 8.317, 0, -0.316, -0.173, 7.945, -2.535,
        ],
        bias: -5.147, threshold: 0.22, foreignThreshold: 0.45, gate: 0.12)

    private static let rankingWithCosine = [
        2.907, 2.131, 0.444, 0.128, 0.614, -2.425, 1.378, 1.515, 0.444, -0.321, -0.905, 0.197, 2.261, 0, 5.73, 1.226,
        2.614, 1.006, 2.5, 0.142, -1.8, 0, 0,
    ]
}
