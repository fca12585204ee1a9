import GRDB
import QuarryBM25
import QuarryCore
import QuarryTestSupport
import Testing

@Suite struct BM25PruningTests {
    /// Chunks in runs of ids with gaps between them, of lengths that differ by the run.
    private func database(seed: UInt64, chunks: Int) throws -> (DatabaseQueue, RandomChunks) {
        var random = RandomChunks(generator: SeededGenerator(seed: seed), vocabularySize: 300)
        let database = try DatabaseQueue()
        try database.write { db in
            try BM25Table.create(in: db)
            var writer = BM25Writer()
            var id: Int64 = 0
            for number in 0..<chunks {
                id += number.isMultiple(of: 900) ? Int64.random(in: 1...20_000, using: &random.generator) : 1
                let fields =
                    number / 700 % 2 == 0
                    ? random.fields() : BM25Fields(title: random.terms(0...1), body: random.terms(20...60))
                try writer.add(fields, as: ChunkID(id))
            }
            try writer.flush(to: db)
        }
        return (database, random)
    }

    @Test(arguments: [
        BM25Parameters(), BM25Parameters(k1: 0),
        BM25Parameters(k1: 2, b: 1, weights: .init(title: 3, heading: 0, body: 1)),
        BM25Parameters(weights: .init(title: 0.3, heading: 1.7, body: 0.9), variant: .plus()),
        BM25Parameters(b: 0, variant: .long()),
    ]) func `the best found with bounds are those found by adding up every posting, to the last bit`(
        parameters: BM25Parameters
    ) throws {
        var (database, random) = try database(seed: 11, chunks: 9000)
        let cache = BM25Cache()
        for round in 0..<120 {
            let terms = random.question(1...(round.isMultiple(of: 3) ? 12 : 4))
            let limit = [1, 3, 10, 100][round % 4]
            let mask =
                round % 5 == 0
                ? ChunkMask(
                    (1...150_000).filter { _ in Int.random(in: 0..<20, using: &random.generator) == 0 }.map {
                        ChunkID($0)
                    })
                : nil
            let question = try database.read { try cache.question(terms, in: $0, parameters: parameters) }
            let hits = question.best(limit, among: mask)
            #expect(hits == question.bestOfAll(limit, among: mask))
            #expect(question.scores(of: hits.map(\.id)) == hits)
        }
    }

    @Test func `many equal scores at the limit are cut in the order of ids`() throws {
        let database = try DatabaseQueue()
        try database.write { db in
            try BM25Table.create(in: db)
            var writer = BM25Writer()
            for id in 0..<6000 {
                try writer.add(BM25Fields(body: ["a", id % 50 == 0 ? "b" : "c"]), as: ChunkID(Int64(id)))
            }
            try writer.flush(to: db)
        }
        for terms: [QueryTerm] in [["a"], ["b"], ["a", "b"], ["a", "b", "c"]] {
            let question = try database.read { try BM25Cache().question(terms, in: $0) }
            #expect(question.best(30) == question.bestOfAll(30))
        }
    }

    @Test func `a weight that is not positive is added like others`() throws {
        let (database, _) = try database(seed: 5, chunks: 500)
        let terms = [QueryTerm(forms: ["t1"], weight: 1), QueryTerm(forms: ["t2"], weight: -0.5)]
        let question = try database.read { try BM25Cache().question(terms, in: $0) }
        #expect(question.best(5) == question.bestOfAll(5))
    }

    @Test func `what is kept follows every change of the index`() async throws {
        let index = try BM25Index()
        try await index.upsert([(ChunkID(1), BM25Fields(body: ["a", "b"])), (ChunkID(2), BM25Fields(body: ["c"]))])
        let before = try await index.search(["a"], limit: 5)
        try await index.upsert([(ChunkID(3), BM25Fields(body: ["a"]))])
        #expect(try await index.search(["a"], limit: 5).map(\.id) == [ChunkID(3), ChunkID(1)])
        try await index.remove([ChunkID(3)])
        #expect(try await index.search(["a"], limit: 5) == before)
    }

    @Test func `a small cache gives the same hits`() throws {
        var (database, random) = try database(seed: 8, chunks: 2000)
        let (small, large) = (BM25Cache(limit: 20_000), BM25Cache())
        for _ in 0..<100 {
            let terms = random.question(1...4)
            let (a, b) = try database.read { db in
                (try small.question(terms, in: db).best(10), try large.question(terms, in: db).best(10))
            }
            #expect(a == b)
        }
    }
}
