import QuarryCore
import QuarryRetrieval
import Synchronization
import Testing

/// A corpus in memory that counts the fetched texts.
private final class Shelf: SnapshotSource, Snapshot {
    let texts: [String]
    let legs: [any Leg]
    private let fetched = Mutex<[ChunkID]>([])

    init(_ texts: [String], legs: [any Leg]) {
        self.texts = texts
        self.legs = legs
    }

    var fetchedIDs: [ChunkID] { fetched.withLock { $0 } }

    func withSnapshot<Result: Sendable>(
        _ body: (any Snapshot) async throws -> Result
    ) async throws -> Result {
        try await body(self)
    }

    func languages() -> [String] { ["en"] }
    func revision() -> String { "1" }
    func mask(of filter: Filter) -> ChunkMask {
        ChunkMask(texts.indices.filter { filter == .equals("parity", $0.isMultiple(of: 2) ? "even" : "odd") }.map(id))
    }
    func mask(ofSourcesNamed part: String) -> ChunkMask {
        ChunkMask(texts.indices.map(id).filter { "d\($0.rawValue)".contains(part.lowercased()) })
    }
    func passages(_ ids: [ChunkID]) -> [ChunkID: Passage] {
        fetched.withLock { $0 += ids }
        let known = ids.filter { texts.indices.contains(Int($0.rawValue)) }
        return Dictionary(
            uniqueKeysWithValues: known.map { id in
                let text = texts[Int(id.rawValue)]
                let chunk = Chunk(
                    documentID: "d\(id.rawValue)", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 1)
                return (id, Passage(chunk: chunk, source: "d\(id.rawValue)"))
            })
    }
    func passages(ofDocument documentID: String, at ordinals: ClosedRange<Int>) -> [ChunkID: Passage] { [:] }
    func vectors(of ids: [ChunkID]) -> [ChunkID: [Float]] { [:] }
    func vectorCoverage() -> VectorCoverage { VectorCoverage(chunks: texts.count, vectors: texts.count) }
}

private func id(_ number: Int) -> ChunkID { ChunkID(Int64(number)) }

/// Finds the longest chunks among the first two of a snapshot.
private struct LongestFirst: Leg {
    var name: LegName { "length" }
    var scoreFloor: Double { 0 }
    var lengths: [ScoredID] = []

    func bound(to snapshot: any Snapshot) async throws -> any Leg {
        let passages = try await snapshot.passages([id(0), id(1)])
        return LongestFirst(
            lengths: passages.map { ScoredID(id: $0, score: Float($1.chunk.text.count)) }.sorted(by: ScoredID.precedes))
    }

    func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        Array(lengths.prefix(limit))
    }

    func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        lengths.filter { ids.contains($0.id) }
    }
}

private struct FailingReranker: Reranker {
    struct Failure: TransientFailure, CustomStringConvertible {
        var isTransient: Bool
        var description: String { "The server is away." }
    }

    var isTransient: Bool

    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        throw Failure(isTransient: isTransient)
    }
}

private struct ReversingReranker: Reranker {
    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        candidates.reversed()
    }
}

struct HybridRetrieverTests {
    private let words = TableLeg(name: .bm25, table: [id(0): 4, id(1): 2, id(2): 1])
    private let tags = TableLeg(name: "tags", table: [id(2): 1, id(1): 0, id(0): 0, id(7): 1])

    private func shelf(_ legs: any Leg...) -> Shelf { Shelf(["zero", "one", "two", "three"], legs: legs) }

    @Test func `a leg of the user's own is searched and fused without a database`() async throws {
        let options = RetrievalOptions(
            fusion: .convex(weights: [.bm25: 1, "tags": 3], normalization: .theoreticalMinimum))
        let found = try await HybridRetriever(shelf(words, tags), options: options).retrieve(Query("words"), limit: 2)
        #expect(found.hits.map(\.chunk.text) == ["two", "zero"])
        #expect(found.hits[0].legs == ["tags": LegScore(rank: 1, score: 1), .bm25: LegScore(rank: 3, score: 1)])
        #expect(found.terms == ["word"] && found.vector == nil && !found.filterMatchesNothing)
        // The result is the same if the leg belongs to the retriever instead of the corpus.
        let added = try await HybridRetriever(shelf(words), legs: [tags], options: options)
            .retrieve(Query("words"), limit: 2)
        #expect(added.hits == found.hits)
    }

    @Test func `a leg of the user's own can read the snapshot of the search`() async throws {
        let found = try await HybridRetriever(shelf(words), legs: [LongestFirst()]).retrieve(Query("words"), limit: 5)
        #expect(found.hits.contains { $0.legs["length"] == LegScore(rank: 1, score: 4) && $0.chunk.text == "zero" })
        #expect(found.hits.contains { $0.legs["length"] == LegScore(rank: 2, score: 3) && $0.chunk.text == "one" })
    }

    @Test func `a leg given to the retriever replaces the corpus's`() async throws {
        let other = TableLeg(name: .bm25, table: [id(3): 1])
        let found = try await HybridRetriever(shelf(words), legs: [other]).retrieve(Query("words"), limit: 5)
        #expect(found.hits.map(\.chunk.text) == ["three"])
    }

    @Test func `texts are fetched only for hits that may be returned`() async throws {
        let shelf = shelf(words)
        let options = RetrievalOptions(mergesNeighbours: false)
        _ = try await HybridRetriever(shelf, options: options).retrieve(Query("words"), limit: 1)
        #expect(shelf.fetchedIDs == [id(0)])
    }

    @Test func `a filter applies to every leg, and one that matches nothing is reported`() async throws {
        let retriever = HybridRetriever(shelf(words, tags))
        let odd = try await retriever.retrieve(Query("words", filter: .equals("parity", "odd")), limit: 5)
        #expect(odd.hits.map(\.chunk.text) == ["one"])
        let none = try await retriever.retrieve(Query("words", filter: .exists("parity")), limit: 5)
        #expect(none.hits.isEmpty && none.filterMatchesNothing && none.warnings.count == 1)
    }

    @Test func `a re-ranker that fails leaves the order and says so, unless a person must act`() async throws {
        let passing = HybridRetriever(shelf(words), rerankers: [RerankingStage(FailingReranker(isTransient: true))])
        let found = try await passing.retrieve(Query("words"), limit: 3)
        #expect(found.hits.map(\.chunk.text) == ["zero", "one", "two"])
        #expect(found.warnings.contains { $0.contains("The server is away.") })
        let lasting = HybridRetriever(shelf(words), rerankers: [RerankingStage(FailingReranker(isTransient: false))])
        await #expect(throws: FailingReranker.Failure.self) { try await lasting.retrieve(Query("words"), limit: 3) }
    }

    @Test func `re-rankers follow each other, and candidates beyond the depth follow`() async throws {
        let stages = [RerankingStage(ReversingReranker()), RerankingStage(ReversingReranker(), depth: 2)]
        let found = try await HybridRetriever(shelf(words), rerankers: stages).retrieve(Query("words"), limit: 3)
        #expect(found.hits.map(\.chunk.text) == ["one", "two", "zero"])
        #expect(zip(found.hits, found.hits.dropFirst()).allSatisfy { $0.score >= $1.score })
    }

    @Test func `a question is embedded once, even if its vector is needed earlier`() async throws {
        let embedder = CountingEmbedder()
        let store = ListStore()
        try await store.upsert(EmbeddingBatch(values: [1, 0], dimension: 2), ids: [id(3)])
        let retriever = HybridRetriever(shelf(words), embedder: embedder, legs: [VectorStoreLeg(store)])
        let prepared = try await retriever.prepared(Query("wo\u{0}rds"))
        #expect(prepared.text == "wo rds" && prepared.vector?.values == [0, 1])
        let found = try await retriever.retrieve(prepared, limit: 4)
        #expect(embedder.count == 1 && found.vector == prepared.vector)
        #expect(found.hits.contains { $0.chunk.text == "three" && $0.legs[.vector] != nil })
        // The vector of another model is not used.
        var foreign = prepared
        foreign.vector?.fingerprint.model = "other"
        _ = try await retriever.retrieve(foreign, limit: 4)
        #expect(embedder.count == 2)
    }

    @Test(arguments: ["", " ?! ", "\u{0}"]) func `a question without words is an error`(text: String) async {
        await #expect(throws: QuestionError.hasNoWords) {
            try await HybridRetriever(shelf(words)).retrieve(Query(text), limit: 3)
        }
    }
}

private final class CountingEmbedder: Embedder {
    private let counted = Mutex(0)
    let fingerprint = EmbeddingFingerprint(
        provider: "test", model: "two", revision: "1", dimension: 2, maximumTokens: 9)
    var count: Int { counted.withLock { $0 } }

    func embed(_ texts: [String], as role: EmbeddingRole) async throws -> EmbeddingBatch {
        counted.withLock { $0 += texts.count }
        return EmbeddingBatch(values: texts.flatMap { _ in [0, 1] as [Float] }, dimension: 2)
    }
}

private final class ListStore: VectorStore {
    private let rows = Mutex<[ChunkID: [Float]]>([:])

    func upsert(_ vectors: EmbeddingBatch, ids: [ChunkID]) async throws {
        rows.withLock { rows in for (row, id) in ids.enumerated() { rows[id] = Array(vectors[row]) } }
    }

    func nearest(to query: [Float], limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        let hits = rows.withLock { $0 }.filter { mask?.contains($0.key) ?? true }.map { id, row in
            ScoredID(id: id, score: zip(row, query).reduce(0) { $0 + $1.0 * $1.1 })
        }
        return Array(hits.sorted(by: ScoredID.precedes).prefix(limit))
    }

    func remove(_ ids: [ChunkID]) async throws { rows.withLock { rows in for id in ids { rows[id] = nil } } }
}
