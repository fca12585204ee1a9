import GRDB
import QuarryBM25
import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

/// The engines' tables in the corpus file. Only this file knows both engines.
enum EngineTables {
    /// Creates the tables of the first version, which the later ones change.
    ///
    /// - `dimension`: The length of the vectors; nil for an index without vectors.
    static func create(in db: Database, dimension: Int?, generation: Int64) throws {
        try BM25Table.createFirstFormat(in: db)
        try VectorTable.create(in: db)
        if let dimension { try VectorTable.createGeneration(generation, dimension: dimension, in: db) }
    }

    /// Collects the changes of one transaction; ``flush()`` writes them.
    final class Writer {
        /// Flushes after this many terms of chunks, of 60 bytes each, or chunks: one more rewrite of blocks, but bounded
        /// memory.
        private static let maximumPostings = 2 << 20
        private static let maximumChunks = 65_536
        /// The vectors that are kept of texts that are there again. One takes some kilobytes.
        private static let maximumVectors = 4096

        private let db: Database
        private var bm25 = BM25Writer()
        /// By generation.
        private var vectors: [Int64: (rows: EmbeddingBatch, ids: [ChunkID])] = [:]
        private var addedVectors = 0
        private var removed: [ChunkID] = []
        private var addedChunks = 0

        init(_ db: Database) { self.db = db }

        /// - `known`: The vectors that the text has already, by generation.
        func add(_ id: ChunkID, terms: BM25Fields, vectors known: [Int64: [Float]]) throws {
            try bm25.add(terms, as: id)
            for (generation, vector) in known {
                let row = EmbeddingBatch(values: vector, dimension: vector.count)
                vectors[generation, default: (EmbeddingBatch(values: [], dimension: vector.count), [])].rows.append(
                    contentsOf: row)
                vectors[generation]?.ids.append(id)
                addedVectors += 1
            }
            addedChunks += 1
            if addedChunks == Self.maximumChunks || bm25.postingCount >= Self.maximumPostings
                || addedVectors >= Self.maximumVectors
            {
                try flush()
            }
        }

        func remove(_ ids: [ChunkID]) {
            for id in ids { bm25.remove(id) }
            removed += ids
        }

        func flush() throws {
            if !bm25.isEmpty { try bm25.flush(to: db) }
            for (generation, added) in vectors.sorted(by: { $0.key < $1.key }) {
                try VectorTable.upsert(added.rows, ids: added.ids, generation: generation, in: db)
            }
            // Together, so that each block is written once.
            if !removed.isEmpty { try VectorTable.remove(removed, in: db) }
            (vectors, addedVectors, removed, addedChunks) = ([:], 0, [], 0)
        }
    }

    /// Whether there are vectors of chunks or of replaced documents.
    static func hasVectors(in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM vectors) OR EXISTS (SELECT 1 FROM retired_vectors)") == true
    }

    /// Problems in the engines' tables, and between them and the chunks.
    static func problems(in db: Database) throws -> [String] {
        var problems = try listingDamage { ProblemList(try BM25Table.verify(in: db)).all }
        problems += try listingDamage { try postingProblems(in: db) }
        problems += try listingDamage { ProblemList(try VectorTable.verify(in: db)).all }
        problems += try listingDamage { try GenerationTable.problems(in: db) }
        problems += try listingDamage { try MeasuredRecall.problems(in: db) }
        problems += try listingDamage { try vectorProblems(in: db) }
        return problems
    }

    static func postingProblems(in db: Database) throws -> [String] {
        var problems: [String] = []
        let unindexed =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM chunks WHERE id NOT IN (SELECT id FROM bm25_chunks)") ?? 0
        if unindexed > 0 {
            problems.append("\(counted(unindexed, "chunk")) \(unindexed == 1 ? "has" : "have") no postings")
        }
        let ghosts =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM bm25_chunks WHERE id NOT IN (SELECT id FROM chunks)") ?? 0
        if ghosts > 0 {
            problems.append("\(counted(ghosts, "deleted chunk")) still \(ghosts == 1 ? "has" : "have") postings")
        }
        return problems
    }

    private static func vectorProblems(in db: Database) throws -> [String] {
        let generations = try VectorTable.generations(in: db)
        guard !generations.isEmpty else {
            return try hasVectors(in: db) ? ["vectors: there are rows, but the index has no embedding model"] : []
        }
        let chunks = try Int64.fetchSet(db, sql: "SELECT id FROM chunks")
        var problems: [String] = []
        for generation in generations {
            let vectors = Set(try VectorTable.ids(generation: generation.id, in: db).map(\.rawValue))
            let extra = vectors.subtracting(chunks).count
            guard extra > 0 else { continue }
            let place = generations.count > 1 ? " in generation \(generation.id)" : ""
            problems.append("\(counted(extra, "deleted chunk")) still \(extra == 1 ? "has" : "have") a vector\(place)")
        }
        return problems
    }
}

/// Runs a check. Damage that stops the check becomes its result.
func listingDamage(_ check: () throws -> [String]) throws -> [String] {
    do {
        return try check()
    } catch let error as BM25Error {
        return [error.description]
    } catch let error as VectorError {
        return [error.description]
    } catch let error as StoredValueError {
        return [error.description]
    } catch let error as CorpusError where error.code == .damaged {
        return [error.description]
    } catch let error as RowDecodingError {
        return ["A stored value has the wrong type: \(error)"]
    } catch let error as DatabaseError
        where [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains(error.resultCode)
    {
        return ["SQLite cannot read the data: \(error.message ?? "error \(error.resultCode.rawValue)")"]
    }
}
