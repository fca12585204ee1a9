import Foundation
import GRDB
import QuarryCore
import QuarrySQLite
import QuarryTestSupport
import QuarryVectorIndex
import Testing

@Suite struct VectorTableTests {
    private func dump(_ database: some DatabaseReader) throws -> [String] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT generation, block, present, hex(rows) FROM vectors ORDER BY 1, 2")
                .map(\.description)
        }
    }

    private func makeDatabase(dimension: Int) throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try database.write { db in
            try VectorTable.create(in: db)
            try VectorTable.createGeneration(1, dimension: dimension, in: db)
        }
        return database
    }

    @Test(arguments: [2, 100, 384, 20_000])
    func `after random changes the table equals one filled at once, byte for byte`(dimension: Int) throws {
        var generator = SeededGenerator(seed: UInt64(dimension))
        let database = try makeDatabase(dimension: dimension)
        var expected: [Int64: [Float]] = [:]
        let size = dimension > 1000 ? 3 : 40
        for _ in 0..<8 {
            let batch = randomVectors(Int.random(in: 0...size, using: &generator), dimension: dimension, &generator)
            let ids = (0..<batch.count).map { _ in ChunkID(Int64.random(in: 0...300, using: &generator)) }
            for (row, id) in ids.enumerated() { expected[id.rawValue] = Array(batch[row]) }
            let removed = expected.keys.sorted().filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
            for id in removed { expected[id] = nil }
            try database.write { db in
                try VectorTable.upsert(batch, ids: ids, generation: 1, in: db)
                try VectorTable.remove((removed + [-1, 7_000_000]).map { ChunkID($0) }, in: db)
            }
        }
        let sorted = expected.keys.sorted()
        let fresh = try makeDatabase(dimension: dimension)
        try fresh.write { db in
            let all = EmbeddingBatch(values: sorted.flatMap { expected[$0] ?? [] }, dimension: dimension)
            try VectorTable.upsert(all, ids: sorted.map { ChunkID($0) }, generation: 1, in: db)
        }
        #expect(try dump(database) == dump(fresh))
        try database.read { db throws -> Void in
            #expect(try VectorTable.verify(in: db) == [])
            #expect(try VectorTable.ids(generation: 1, in: db).map(\.rawValue) == sorted)
            let matrix = try VectorTable.matrix(generation: 1, in: db)
            #expect(matrix.ids.map(\.rawValue) == sorted)
            for id in sorted {
                let row = try #require(matrix.vector(of: ChunkID(id)))
                #expect(abs(cosine(row, try #require(expected[id])) - 1) < 1e-6)
            }
        }
    }

    @Test func `generations exist side by side and are removed separately`() throws {
        let database = try makeDatabase(dimension: 2)
        try database.write { db in
            try VectorTable.createGeneration(2, dimension: 3, in: db)
            try VectorTable.upsert(
                EmbeddingBatch(values: [1, 0, 0, 1], dimension: 2), ids: [ChunkID(1), ChunkID(2)], generation: 1, in: db
            )
            try VectorTable.upsert(
                EmbeddingBatch(values: [0, 0, 5], dimension: 3), ids: [ChunkID(1)], generation: 2, in: db)
            #expect(throws: VectorError.generationExists(2)) {
                try VectorTable.createGeneration(2, dimension: 3, in: db)
            }
            #expect(throws: VectorError.noGeneration(3)) {
                try VectorTable.upsert(EmbeddingBatch(values: [1], dimension: 1), ids: [], generation: 3, in: db)
            }
            #expect(try VectorTable.generations(in: db).map(\.revision) == [1, 1])
            try VectorTable.remove([ChunkID(1)], in: db)
            #expect(try VectorTable.ids(generation: 1, in: db) == [ChunkID(2)])
            #expect(try VectorTable.ids(generation: 2, in: db) == [])
            #expect(try VectorTable.generations(in: db).map(\.revision) == [2, 2])
            try VectorTable.remove([ChunkID(1)], in: db)
            #expect(try VectorTable.generations(in: db).map(\.revision) == [2, 2])
            try VectorTable.removeGeneration(1, in: db)
            #expect(try VectorTable.generations(in: db).map(\.id) == [2])
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM vectors") == 0)
        }
    }

    @Test func `a vector without direction is an error with its chunk, and nothing is stored`() throws {
        let database = try makeDatabase(dimension: 2)
        for bad in [[0, 0], [.nan, 1], [1, -.infinity]] as [[Float]] {
            let error = #expect(throws: VectorError.self) {
                try database.write { db in
                    let batch = EmbeddingBatch(values: [1, 1] + bad, dimension: 2)
                    try VectorTable.upsert(batch, ids: [ChunkID(1), ChunkID(42)], generation: 1, in: db)
                }
            }
            #expect(error?.description.contains("chunk 42") == true)
        }
        let one = EmbeddingBatch(values: [1, 1], dimension: 2)
        #expect(throws: VectorError.countsDiffer(vectors: 1, ids: 0)) {
            try database.write { try VectorTable.upsert(one, ids: [], generation: 1, in: $0) }
        }
        #expect(throws: VectorError.invalidChunk(-3)) {
            try database.write { try VectorTable.upsert(one, ids: [ChunkID(-3)], generation: 1, in: $0) }
        }
        #expect(try dump(database) == [])
    }

    @Test(arguments: [
        "UPDATE vectors SET rows = x'00'", "UPDATE vectors SET present = 0", "UPDATE vectors SET present = -1",
        "UPDATE vectors SET block = -1", "UPDATE vector_generations SET dimension = 3",
        "UPDATE vector_generations SET dimension = -1", "UPDATE vectors SET rows = zeroblob(length(rows))",
    ]) func `damage is reported and never crashes`(damage: String) throws {
        let database = try makeDatabase(dimension: 4)
        var generator = SeededGenerator(seed: 1)
        let batch = randomVectors(10, dimension: 4, &generator)
        try database.write { db in
            try VectorTable.upsert(batch, ids: (0..<10).map { ChunkID($0) }, generation: 1, in: db)
            try db.execute(sql: damage)
        }
        #expect(try !database.read { try VectorTable.verify(in: $0) }.isEmpty)
        for id in [ChunkID(3), ChunkID(100)] {
            do {
                try database.write { try VectorTable.remove([id], in: $0) }
                _ = try database.read { try VectorTable.matrix(generation: 1, in: $0) }
            } catch let error as VectorError {
                #expect(error.description.contains("generation 1"))
            }
        }
    }
}

@Suite struct VectorIndexTests {
    @Test func `an index adds, replaces, filters and removes vectors`() async throws {
        let index = try VectorIndex(dimension: 2)
        let store: any VectorStore = index
        #expect(try await store.nearest(to: [1, 0], limit: 3).isEmpty)
        try await store.upsert(
            EmbeddingBatch(values: [1, 0, 0, 1, 1, 1], dimension: 2), ids: [ChunkID(1), ChunkID(2), ChunkID(3)])
        #expect(try await store.nearest(to: [2, 0.1], limit: 2).map(\.id.rawValue) == [1, 3])
        let mask = ChunkMask([ChunkID(2), ChunkID(3)])
        #expect(try await store.nearest(to: [2, 0.1], limit: 2, among: mask).map(\.id.rawValue) == [3, 2])
        try await store.upsert(EmbeddingBatch(values: [-1, 0], dimension: 2), ids: [ChunkID(1)])
        #expect(try await store.nearest(to: [2, 0.1], limit: 9).map(\.id.rawValue) == [3, 2, 1])
        try await store.remove([ChunkID(3), ChunkID(77)])
        #expect(try await store.nearest(to: [2, 0.1], limit: 9).map(\.id.rawValue) == [2, 1])
        #expect(try await index.count == 2)
        #expect(try await index.problems() == [])
    }

    @Test func `a reopened file can be searched, and additions of another connection are seen`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("vectors.quarry")
        let first = try VectorIndex(at: .file(path), dimension: 3)
        try await first.upsert(EmbeddingBatch(values: [1, 0, 0], dimension: 3), ids: [ChunkID(5)])
        let second = try VectorIndex(at: .file(path), dimension: 3)
        #expect(try await second.nearest(to: [1, 0, 0], limit: 2).map(\.id.rawValue) == [5])
        try await first.upsert(EmbeddingBatch(values: [1, 0, 0], dimension: 3), ids: [ChunkID(4)])
        #expect(try await second.nearest(to: [1, 0, 0], limit: 2).map(\.id.rawValue) == [4, 5])
        let error = #expect(throws: VectorError.self) { try VectorIndex(at: .file(path), dimension: 4) }
        #expect(error == .wrongDimension(what: "a vector to be stored", actual: 4, expected: 3))
        for dimension in [0, -1, Int.max] {
            #expect(throws: VectorError.self) { try VectorIndex(dimension: dimension) }
        }
    }
}
