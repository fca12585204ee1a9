import QuarryTestSupport
import QuarryTransformers
import Testing

struct TokenBatchTests {
    @Test func `every text is packed once, within the capacity, longest first`() {
        var numbers = SeededGenerator(seed: 20)
        for workers in 1...4 {
            let lengths = (0..<200).map { _ in Int.random(in: 1...120, using: &numbers) }
            let batches = TokenBatch.packed(lengths: lengths, capacity: 256, workers: workers)
            #expect(batches.flatMap(\.texts).sorted() == Array(lengths.indices))
            #expect(batches.allSatisfy { $0.tokenCount <= 256 })
            #expect(batches.allSatisfy { batch in batch.tokenCount == batch.texts.reduce(0) { $0 + lengths[$1] } })
            let order = batches.flatMap(\.texts).map { lengths[$0] }
            #expect(order == order.sorted(by: >))
        }
    }

    @Test func `a few texts are distributed over the workers`() {
        let batches = TokenBatch.packed(lengths: [50, 50, 50, 50], capacity: 512, workers: 2)
        #expect(batches.map(\.texts) == [[0, 1], [2, 3]])
    }

    @Test func `equal lengths keep their order, and no texts give no batches`() {
        #expect(TokenBatch.packed(lengths: [3, 5, 3], capacity: 100, workers: 1).map(\.texts) == [[1, 0, 2]])
        #expect(TokenBatch.packed(lengths: [], capacity: 100, workers: 2).isEmpty)
    }

    @Test func `a text longer than the capacity has a separate batch`() {
        let batches = TokenBatch.packed(lengths: [600, 10, 20], capacity: 512, workers: 1)
        #expect(batches.map(\.texts) == [[0], [2, 1]])
    }
}
