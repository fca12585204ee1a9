import QuarryEvaluation
import Testing

/// Hand-computed: each sentence names the passages that it needs.
struct CitationScoresTests {
    /// A text such as "1+2" is supported by passages that include both, "3|4" by either.
    private func supports(_ text: String, _ passages: [Int]) -> Bool {
        text.split(separator: "|").contains { way in
            way.split(separator: "+").allSatisfy { part in passages.contains { String($0) == part } }
        }
    }

    private func scores(_ sentences: [(String, [Int])]) -> CitationScores {
        CitationScores(sentences.map { .init($0.0, citing: $0.1) }, supports: supports)
    }

    @Test func `a sentence is recalled if its citations together support it`() {
        let scores = scores([("1+2", [1, 2]), ("1+2", [1]), ("3", []), ("4", [4])])
        #expect(scores.recall == 0.5)
        // Both of the first are needed, the second sentence is not supported, and [4] supports alone.
        #expect(scores.precision == 0.75)
    }

    @Test func `a citation that adds nothing is irrelevant`() {
        #expect(scores([("1", [1, 2])]).precision == 0.5)
        #expect(scores([("1+2", [1, 2, 3])]).precision == 2.0 / 3)
        // Each supports alone: neither is irrelevant, though one would do.
        #expect(scores([("1|2", [1, 2])]).precision == 1)
        #expect(scores([("1", [1, 1])]).precision == 1)
    }

    @Test func `an unsupported sentence has no precise citation`() {
        let scores = scores([("9", [1, 2])])
        #expect(scores.recall == 0 && scores.precision == 0)
    }

    @Test func `without sentences or citations there is no figure`() {
        #expect(scores([]).recall == nil)
        #expect(scores([("1", [])]).precision == nil && scores([("1", [])]).recall == 0)
    }
}
