import Foundation
import GRDB
import QuarryCore
import QuarryTestSupport
import QuarryVectorIndex
import Testing

/// Random vectors. A third of them are duplicates, so that there are ties.
func randomVectors(_ count: Int, dimension: Int, _ generator: inout SeededGenerator) -> EmbeddingBatch {
    var values: [Float] = []
    for row in 0..<count {
        if row > 0, Int.random(in: 0..<3, using: &generator) == 0 {
            let other = Int.random(in: 0..<row, using: &generator)
            values += Array(values[other * dimension..<(other + 1) * dimension])
        } else {
            values += (0..<dimension).map { _ in Float.random(in: -1...1, using: &generator) }
        }
    }
    return EmbeddingBatch(values: values, dimension: dimension)
}

/// Cosines directly from their definition.
func cosine(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
    func dot(_ x: some Collection<Float>, _ y: some Collection<Float>) -> Double {
        zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return dot(a, b) / (dot(a, a).squareRoot() * dot(b, b).squareRoot())
}

@Suite struct VectorMatrixTests {
    private func makeMatrix(_ vectors: EmbeddingBatch, ids: [ChunkID]) throws -> VectorMatrix {
        let database = try DatabaseQueue()
        return try database.write { db in
            try VectorTable.create(in: db)
            try VectorTable.createGeneration(1, dimension: vectors.dimension, in: db)
            try VectorTable.upsert(vectors, ids: ids, generation: 1, in: db)
            return try VectorTable.matrix(generation: 1, in: db)
        }
    }

    private func ids(_ count: Int) -> [ChunkID] { (0..<count).map { ChunkID(Int64($0 * 2 + 1)) } }

    @Test(arguments: [(1, 5), (3, 700), (33, 1000), (384, 400)])
    func `the nearest are those of a plain double-precision search, ties in the order of ids`(
        dimension: Int, count: Int
    ) throws {
        var generator = SeededGenerator(seed: UInt64(dimension))
        let vectors = randomVectors(count, dimension: dimension, &generator)
        let matrix = try makeMatrix(vectors, ids: ids(count))
        for query in [Array(vectors[0]), (0..<dimension).map { _ in Float.random(in: -1...1, using: &generator) }] {
            let all = try matrix.nearest(to: query, limit: count + 5)
            #expect(all.count == count)
            #expect(all == all.sorted(by: ScoredID.precedes))
            for hit in all {
                let expected = cosine(query, vectors[Int(hit.id.rawValue) / 2])
                #expect(abs(Double(hit.score) - expected) < 1e-6)
            }
            for limit in [1, 7, 100] {
                #expect(try matrix.nearest(to: query, limit: limit) == Array(all.prefix(limit)))
            }
        }
    }

    @Test func `equal vectors have equal scores at every position`() throws {
        var generator = SeededGenerator(seed: 2)
        let vector = (0..<100).map { _ in Float.random(in: -1...1, using: &generator) }
        let count = 9001
        let batch = EmbeddingBatch(values: (0..<count).flatMap { _ in vector }, dimension: 100)
        let query = (0..<100).map { _ in Float.random(in: -1...1, using: &generator) }
        let hits = try makeMatrix(batch, ids: ids(count)).nearest(to: query, limit: 50)
        #expect(hits.map(\.id) == Array(ids(50)))
        #expect(Set(hits.map(\.score)).count == 1)
    }

    @Test func `many queries at once give the same results as single queries, bit for bit`() throws {
        var generator = SeededGenerator(seed: 4)
        let matrix = try makeMatrix(randomVectors(900, dimension: 48, &generator), ids: ids(900))
        let queries = randomVectors(70, dimension: 48, &generator)
        let together = try matrix.nearest(toEach: queries, limit: 20)
        #expect(together.count == 70)
        for query in 0..<70 { #expect(try matrix.nearest(to: Array(queries[query]), limit: 20) == together[query]) }
    }

    @Test(arguments: [1, 10, 50, 400, 899])
    func `a mask permits only its members, with unchanged scores and order`(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let matrix = try makeMatrix(randomVectors(900, dimension: 24, &generator), ids: ids(900))
        let members = Set(ids(900).shuffled(using: &generator).prefix(size))
        let mask = ChunkMask(members.union([ChunkID(2), ChunkID(100_000)]))
        let query = (0..<24).map { _ in Float.random(in: -1...1, using: &generator) }
        let expected = try matrix.nearest(to: query, limit: 900).filter { members.contains($0.id) }
        for limit in [5, 900] {
            #expect(try matrix.nearest(to: query, limit: limit, among: mask) == Array(expected.prefix(limit)))
        }
        #expect(try matrix.nearest(to: query, limit: 5, among: ChunkMask()).isEmpty)
    }

    @Test func `a query without direction or of another dimension is an error`() throws {
        let matrix = try makeMatrix(EmbeddingBatch(values: [3, 4], dimension: 2), ids: [ChunkID(1)])
        #expect(matrix.vector(of: ChunkID(1)) == [0.6, 0.8])
        #expect(matrix.vector(of: ChunkID(2)) == nil)
        for query in [[], [1], [1, 2, 3], [0, 0], [.nan, 1], [.infinity, 1]] as [[Float]] {
            #expect(throws: VectorError.self) { try matrix.nearest(to: query, limit: 1) }
        }
        let steep = try #require(matrix.nearest(to: [3e38, 3e38], limit: 1).first)
        #expect(abs(Double(steep.score) - 1.4 / 2.0.squareRoot()) < 1e-6)
        let small = try #require(matrix.nearest(to: [1e-30, 0], limit: 1).first)
        #expect(abs(small.score - 0.6) < 1e-6)
        #expect(try matrix.nearest(to: [1, 0], limit: 0).isEmpty)
    }
}
