import QuarryCore
import QuarryRetrieval
import Testing

struct LegWarningsTests {
    @Test func `a leg that found something needs no warning`() {
        #expect(
            legWarnings(terms: 2, hitCounts: [.bm25: 1, .vector: 9], isModelEnglishOnly: false, hasOtherScripts: true)
                .isEmpty)
    }

    @Test func `an empty lexical leg is reported with its reason`() {
        let none = legWarnings(terms: 0, hitCounts: [.bm25: 0], isModelEnglishOnly: false, hasOtherScripts: false)
        let unknown = legWarnings(terms: 3, hitCounts: [.bm25: 0], isModelEnglishOnly: false, hasOtherScripts: false)
        #expect(none.count == 1 && unknown.count == 1 && none != unknown)
    }

    @Test func `without vectors a question in another script is told of the search by meaning`() {
        func warnings(_ hits: [LegName: Int]) -> [String] {
            legWarnings(
                terms: 3, hitCounts: hits, isModelEnglishOnly: false, hasOtherScripts: true, isInOtherScript: true)
        }
        #expect(warnings([.bm25: 0]).contains { $0.contains("only by meaning") })
        #expect(!warnings([.bm25: 0, .vector: 3]).contains { $0.contains("only by meaning") })
    }

    @Test func `an English model warns of a question in another script`() {
        let warnings = legWarnings(
            terms: 3, hitCounts: [.bm25: 2, .vector: 5], isModelEnglishOnly: true, hasOtherScripts: true)
        #expect(warnings.count == 1 && warnings[0].contains("English"))
    }
}
