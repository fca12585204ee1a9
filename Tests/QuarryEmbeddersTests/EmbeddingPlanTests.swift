import QuarryEmbedders
import QuarryProviders
import QuarryTestSupport
import Testing

@Suite struct EmbeddingPlanTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `every text is sent exactly once, within the limits`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = ["a", "word ", "я", "東", "🙂", "e\u{301}", "\u{E9}", "\n"]
        let texts = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
            (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &generator)]
            }.joined()
        }
        let count = Int.random(in: 1...20, using: &generator)
        let tokens = Int.random(in: 1...200, using: &generator)
        let single = Bool.random(using: &generator) ? Int.random(in: 5...60, using: &generator) : nil
        let prefix = Bool.random(using: &generator) ? "query: " : ""
        let plan = EmbeddingPlan(
            texts, prefix: prefix, inputsPerRequest: count, tokensPerRequest: tokens, tokensPerInput: single)

        // Batches cover the distinct texts in order.
        #expect(plan.batches.flatMap { Array($0) } == Array(plan.texts.indices))
        #expect(plan.batches.allSatisfy { !$0.isEmpty })
        let different = Set(plan.texts.map { Array($0.utf8) })
        #expect(different.count == plan.texts.count)
        #expect(different == Set(texts.map { Array((prefix + $0).utf8) }))
        // Every given text belongs to exactly one slot, the one with its bytes.
        #expect(plan.texts.indices.flatMap { plan.positions(of: $0) }.sorted() == Array(texts.indices))
        for (slot, text) in plan.texts.enumerated() {
            for position in plan.positions(of: slot) {
                #expect(text.utf8.elementsEqual((prefix + texts[position]).utf8))
                #expect(plan.slots[position] == slot)
            }
        }
        for batch in plan.batches {
            #expect(batch.count <= count)
            let sum = batch.reduce(0) { $0 + TokenEstimate.tokens(in: plan.texts[$1]) }
            #expect(sum <= tokens || batch.count == 1)
            if let single, batch.count > 1 {
                #expect(batch.allSatisfy { TokenEstimate.tokens(in: plan.texts[$0]) <= single })
            }
        }
        // Two adjacent batches do not fit in one request.
        for (a, b) in zip(plan.batches, plan.batches.dropFirst()) {
            let first = plan.tokens[a].reduce(0, +) + plan.tokens[b.lowerBound]
            let isAlone = [a.upperBound - 1, b.lowerBound].contains { plan.tokens[$0] > single ?? .max }
            #expect(a.count == count || first > tokens || isAlone)
        }
    }
}
