/// How these numbers came about.
///
/// Data: SQuAD 2.0 dev (1,216 paragraphs, 2,910 answerable questions whose paragraph is known) and XQuAD Russian and
/// English (240 paragraphs, 1,190 questions each). Articles were split in two halves by a hash of their name; all
/// fitting, the choice of threshold included, used one half. For each question BM25 (k1 1.2, b 0.75) over paragraphs gave
/// five hits, once from the whole corpus and once without the question's article ("off-corpus": there is nothing to
/// answer with). The features are those of ``SentenceFeatures``, computed by the code that ships.
///
/// Ranking: conditional logit on the answerable questions, a candidate being right when it is a sentence of the gold
/// paragraph that contains a gold answer (L2 penalty 1e-4). Support: logistic regression of answerable against off-corpus
/// on the best candidate, then rescaled (Platt) to the probability that the best candidate holds the answer, where half of
/// the questions are off-corpus. Threshold: the value at which, averaged over the three training halves, 95 % of the
/// off-corpus questions are refused; gate: the value at which about 4 % of the answerable ones are.
///
/// Held-out halves, lexical model (SQuAD 2 / XQuAD ru / XQuAD en):
/// - the best sentence holds the answer: 75.0 / 73.4 / 76.8 %; one of the best two: 83.8 / 85.9 / 88.3 %; one of the
///   sentences shown (1.4 on average): 82.6 / 83.0 / 85.4 %. In 94.4 / 98.2 / 98.9 % any candidate does.
/// - refused at the threshold: answerable 12.8 / 18.6 / 10.4 %; off-corpus 90.7 / 97.3 / 97.6 %; only the gold paragraph
///   missing, its article present 60.7 / 87.5 / 84.0 %.
/// - refused at the gate: answerable 3.7 / 5.6 / 4.0 %; off-corpus 70.9 / 83.3 / 85.4 %.
/// - SQuAD 2's adversarial questions, written to look answerable by their paragraph, are refused in 23.4 % only. Word
///   overlap cannot tell them apart; do not expect it.
///
/// With cosines of multilingual-e5-small, 4-bit weights (fitted and measured on XQuAD only, ru / en): the best sentence
/// 76.9 / 80.3 %, one of the best two 88.9 / 91.0 %, one of those shown 85.3 / 88.3 %; refused at the threshold: answerable
/// 11.4 / 8.2 %, off-corpus 96.8 / 97.8 %; at the gate: answerable 5.4 / 3.2 %, off-corpus 83.5 / 85.9 %.
extension SupportModel {
    package static let lexical = SupportModel(
        ranking: [6.0, 1.025, 0.727, 1.524, 1.017, -1.017, 2.082, 5.589, 0.727, -0.478, -2.036, 1.732, 0, 0],
        support: [
            3.904, -0.968, -0.79, 1.259, 0.108, -0.976, 1.395, 4.437, 4.349, -1.119, -2.208, 1.779, 0, 7.635,
        ],
        bias: -7.018, threshold: 0.26, gate: 0.1)

    package static let withCosine = SupportModel(
        ranking: [
            3.568, 1.889, 1.349, -0.035, 1.026, -1.026, 1.776, 2.462, 1.348, -0.705, -0.629, 1.082, 4.704, 0,
        ],
        support: [
            2.57, -1.52, 0.578, 1.581, 0.043, -0.929, 0.471, 4.276, 3.092, -1.332, -1.203, 0.996, 3.452, 9.598,
        ],
        bias: -6.585, threshold: 0.27, gate: 0.11)
}
