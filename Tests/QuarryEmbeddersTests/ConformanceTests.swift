import QuarryCore
import QuarryTesting
import Synchronization
import Testing

@Suite struct EmbedderConformanceTests {
    @Test func `the letter embedder conforms`() async throws {
        try await verifyEmbedder(LetterEmbedder())
        try await verifyEmbedder(LetterEmbedder(dimension: 384))
    }

    @Test func `the letter embedder puts texts with common words together`() async throws {
        let batch = try await LetterEmbedder(dimension: 256).embed(
            ["who signs the lease", "the tenant signs the lease in May", "boil water in a kettle"], as: .passage)
        func cosine(_ a: Int, _ b: Int) -> Float { zip(batch[a], batch[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(cosine(0, 1) > cosine(0, 2) + 0.1)
    }

    @Test func `the suite finds the faults of an embedder`() async {
        /// Damages the rows of a correct embedder.
        struct Broken: Embedder {
            let good = LetterEmbedder(dimension: 8)
            let spoil: @Sendable (inout [Float]) -> Void
            var fingerprint: EmbeddingFingerprint { good.fingerprint }
            func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
                var values = try await good.embed(texts, as: role).values
                spoil(&values)
                return EmbeddingBatch(values: values, dimension: 8)
            }
        }
        let spoils: [@Sendable (inout [Float]) -> Void] = [
            { $0 = $0.map { $0 * 2 } }, { $0 = $0.map { _ in 0 } }, { if !$0.isEmpty { $0[3] = .nan } },
            { $0 = Array($0.dropLast(8)) }, { $0.append(contentsOf: [1, 0, 0, 0, 0, 0, 0, 0]) },
            { if $0.count > 16 { $0 = Array($0[8...] + $0[..<8]) } },
        ]
        for spoil in spoils {
            await #expect(throws: ConformanceFailure.self) { try await verifyEmbedder(Broken(spoil: spoil)) }
        }
    }
}

@Suite struct StoreAndRerankerConformanceTests {
    /// A store that compares with every row; its flaws can be switched on.
    final class ListStore: VectorStore {
        enum Flaw: CaseIterable { case keepsRemoved, ignoresReplacing, ignoresMask, countsLength, tiesBackwards }

        let flaw: Flaw?
        private let rows = Mutex<[ChunkID: [Float]]>([:])

        init(_ flaw: Flaw? = nil) { self.flaw = flaw }

        func upsert(_ vectors: EmbeddingBatch, ids: [ChunkID]) async throws {
            rows.withLock { rows in
                for (row, id) in ids.enumerated() where flaw != .ignoresReplacing || rows[id] == nil {
                    rows[id] = Array(vectors[row])
                }
            }
        }

        func nearest(to query: [Float], limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
            best(query, limit) { flaw == .ignoresMask || mask?.contains($0) ?? true }
        }

        func remove(_ ids: [ChunkID]) async throws {
            if flaw != .keepsRemoved { rows.withLock { rows in for id in ids { rows[id] = nil } } }
        }

        private func best(_ query: [Float], _ limit: Int, _ isWanted: (ChunkID) -> Bool) -> [ScoredID] {
            let norm = flaw == .countsLength ? 1 : query.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let hits = rows.withLock { $0 }.filter { isWanted($0.key) }.map { id, row in
                ScoredID(id: id, score: zip(row, query).reduce(0) { $0 + $1.0 * $1.1 } / norm)
            }
            let sorted = hits.sorted {
                flaw == .tiesBackwards && $0.score == $1.score ? $0.id > $1.id : ScoredID.precedes($0, $1)
            }
            return Array(sorted.prefix(limit))
        }
    }

    @Test func `an exhaustive store conforms`() async throws {
        try await verifyVectorStore { _ in ListStore() }
    }

    @Test(arguments: ListStore.Flaw.allCases)
    func `the suite finds the faults of a store`(flaw: ListStore.Flaw) async {
        await #expect(throws: ConformanceFailure.self) { try await verifyVectorStore { _ in ListStore(flaw) } }
    }

    struct ScriptedReranker: Reranker {
        let order: @Sendable ([ScoredChunk]) -> [ScoredChunk]
        func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
            order(candidates)
        }
    }

    @Test func `a re-ranker that only orders conforms`() async throws {
        try await verifyReranker(ScriptedReranker { $0 })
    }

    @Test func `the suite finds the faults of a re-ranker`() async {
        let orders: [@Sendable ([ScoredChunk]) -> [ScoredChunk]] = [
            { $0.reversed() }, { $0 + $0 },
            { candidates in
                candidates.map { candidate in
                    var changed = candidate
                    changed.passage.chunk.text += "!"
                    return changed
                }
            },
            { candidates in
                candidates.map { candidate in
                    var changed = candidate
                    changed.score = .nan
                    return changed
                }
            },
        ]
        for order in orders {
            await #expect(throws: ConformanceFailure.self) { try await verifyReranker(ScriptedReranker(order: order)) }
        }
    }
}
