import QuarryEvaluation
import Testing

private let squadReference: [(answer: String, accepted: String, exact: Bool, f1: Double)] = [
    ("The Normans, in France", "normans", false, 0.5),
    ("in the 10th and 11th centuries", "10th and 11th centuries", false, 8.0 / 9),
    ("state-of-the-art pump", "State of the art pump!", false, 1.0 / 3),
    ("a cat and a dog and a cat", "the cat, the cat", false, 4.0 / 7), ("", "", true, 1), ("x", "", false, 0),
    ("$3.50 (net)", "3.50 net", true, 1),
]

@Suite struct AnswerScoresTests {
    /// The expected values are from SQuAD's published evaluation script.
    @Test(arguments: squadReference)
    func `English answers score as in SQuAD`(reference: (answer: String, accepted: String, exact: Bool, f1: Double)) {
        #expect(exactMatch(reference.answer, accepted: [reference.accepted]) == reference.exact)
        #expect(abs(answerF1(reference.answer, accepted: [reference.accepted]) - reference.f1) < 1e-12)
    }

    @Test func `Russian answers compare without ё, stress, guillemets and dashes`() {
        #expect(exactMatch("«Фёдор» Шаля\u{301}пин", accepted: ["федор шаляпин"]))
        #expect(answerTokens("Москва — столица, А. С. Пушкин") == ["москва", "столица", "а", "с", "пушкин"])
    }

    @Test func `the best accepted answer counts, and none means an empty answer`() {
        #expect(answerF1("red stone", accepted: ["blue", "red stone wall"]) == 0.8)
        #expect(exactMatch("", accepted: []))
        #expect(!exactMatch("something", accepted: []))
        #expect(answerF1("something", accepted: []) == 0)
    }

    @Test func `a sentence is a hit if it contains a whole answer`() {
        let sentences = ["Stone is old.", "It was built in the year 1865, in Perm."]
        #expect(sentenceHit(sentences, accepted: ["1865"]))
        #expect(sentenceHit(sentences, accepted: ["nowhere", "Perm"]))
        #expect(!sentenceHit(sentences, accepted: ["186"]))
        #expect(!sentenceHit(sentences, accepted: [""]))
    }

    @Test func `refusals are right, wrong or missed`() {
        let report = RefusalReport(
            [(true, false), (true, false), (true, true), (false, false), (false, true), (false, true)].map {
                .init(refused: $0.0, answerable: $0.1)
            })
        #expect(report.precision == 2.0 / 3)
        #expect(report.recall == 2.0 / 3)
        #expect(report.f1 == 2.0 / 3)
        #expect(report.answers == 2)
        #expect(RefusalReport([]).precision == nil)
    }
}
