import GRDB
import QuarryBM25
public import QuarryCore
import QuarryReranking
import QuarryRetrieval
import QuarryText
import QuarryVectorIndex

/// What a search found, and what the person should know about it.
public struct RetrievalResult: Sendable {
    /// Best first.
    public var hits: [ScoredChunk]
    /// Sentences for a person: a leg that could not take part, and why.
    public var warnings: [String]
    /// The lexical terms the question was searched by.
    public var terms: [String]
}

/// Searches one corpus: both legs under one filter in one snapshot, then fusion, re-ranking, merging of neighbours.
public struct CorpusRetriever: Retriever {
    public let index: CorpusIndex
    public let options: RetrievalOptions
    private let embedder: (any Embedder)?
    private let analyzer = Analyzer()

    /// - Parameter embedder: The model the index was built with; may be nil for ``RetrievalOptions/Mode/bm25``.
    /// - Throws: ``CorpusError`` when the embedder is missing, or is not the one that made the vectors.
    public init(_ index: CorpusIndex, embedder: (any Embedder)?, options: RetrievalOptions = RetrievalOptions()) throws
    {
        if options.mode != .bm25 {
            guard let embedder else {
                throw CorpusError(
                    .otherModel,
                    "A search by \(options.mode.rawValue) needs the model \(index.settings.embedding?.model ?? "none") of the index. "
                        + "Search with --mode bm25, or install it: quarry models pull \(index.settings.embedding?.model ?? "NAME")"
                )
            }
            try index.check(embedder)
        }
        self.index = index
        self.embedder = options.mode == .bm25 ? nil : embedder
        self.options = options
    }

    public func retrieve(_ query: Query, limit: Int) async throws -> [ScoredChunk] {
        try await search(query, limit: limit).hits
    }

    /// Finds at most `limit` passages.
    ///
    /// - Throws: ``CorpusError`` for an empty question, or one without a single letter or digit.
    public func search(_ query: Query, limit: Int) async throws -> RetrievalResult {
        let text = try Self.checked(query.text)
        let vector = try await embedder?.embed([text], as: .query)
        return try translatingErrors(path: index.path) {
            try index.pool.read { db in try search(text, vector: vector, filter: query.filter, limit: limit, in: db) }
        }
    }

    /// The most of a question that is looked at, in bytes of UTF-8.
    static let maximumQueryBytes = 64 << 10

    static func checked(_ text: String) throws -> String {
        guard text.utf8.count <= maximumQueryBytes else {
            throw CorpusError(
                .input,
                "The question is \(text.utf8.count) bytes long; the most is \(maximumQueryBytes). Shorten it, or index the text and ask about it."
            )
        }
        guard text.unicodeScalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil })
        else { throw CorpusError(.input, "The question has no letter and no digit. Ask with words.") }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0.properties.generalCategory == .control ? " " : $0
                }))
    }

    /// The vectors of the hits, row by row.
    private func rows(of hits: [ScoredChunk], in matrix: VectorMatrix) throws -> EmbeddingBatch {
        EmbeddingBatch(
            values: try hits.flatMap { hit in
                guard let vector = matrix.vector(of: hit.id) else {
                    throw CorpusError(
                        .damaged,
                        "Chunk \(hit.id.rawValue) of \(index.path) has no vector. Run quarry doctor --index \(index.path)."
                    )
                }
                return vector
            }, dimension: matrix.dimension)
    }

    private func search(
        _ text: String, vector: EmbeddingBatch?, filter: Filter?, limit: Int, in db: Database
    ) throws -> RetrievalResult {
        let mask = try index.mask(of: filter, in: db)
        let languages = try String.fetchAll(
            db, sql: "SELECT language FROM languages ORDER BY documents DESC, language")
        let terms = analyzer.queryTerms(of: text, languages: languages.compactMap { Language(rawValue: $0) })
        let depth = max(options.depth, limit)

        var legs: [Leg: [ScoredID]] = [:]
        if options.mode != .vector {
            legs[.bm25] = try BM25Table.search(
                in: db, terms: terms, limit: depth, mask: mask, parameters: options.bm25)
        }
        var matrix: VectorMatrix?
        if let vector {
            let loaded = try index.vectorMatrix(in: db)
            matrix = loaded
            legs[.vector] = try loaded.nearest(to: Array(vector[0]), limit: depth, among: mask)
        }

        var others: [Leg: [ScoredID]] = [:]
        if case .convex = options.fusion, let matrix, let vector, let lexical = legs[.bm25], let dense = legs[.vector] {
            let onlyLexical = ChunkMask(Set(lexical.map(\.id)).subtracting(dense.map(\.id)))
            let onlyDense = ChunkMask(Set(dense.map(\.id)).subtracting(lexical.map(\.id)))
            others[.vector] = try matrix.nearest(to: Array(vector[0]), limit: onlyLexical.count, among: onlyLexical)
            let scored = try BM25Table.search(
                in: db, terms: terms, limit: onlyDense.count, mask: onlyDense, parameters: options.bm25)
            let silent = Set(dense.map(\.id)).subtracting(lexical.map(\.id)).subtracting(scored.map(\.id))
            others[.bm25] = scored + silent.sorted().map { ScoredID(id: $0, score: 0) }
        }
        let fused = options.fusion.fuse(legs, scoresOfOthers: others, limit: depth)
        let stored = try StoredChunks.fetch(fused.map(\.id), in: db)
        var hits = fused.compactMap { hit in
            stored[hit.id].map {
                ScoredChunk(
                    id: hit.id, chunk: $0.chunk, documentTitle: $0.documentTitle, location: $0.location,
                    score: hit.score, legs: hit.legs)
            }
        }
        if options.reranks {
            hits = LexicalReranker(terms: { analyzer.terms(of: $0, language: nil) }).rerank(hits, forTerms: terms)
        }
        if let diversity = options.diversity, let matrix {
            hits = try MaximalMarginalRelevance(lambda: diversity).select(
                hits, vectors: rows(of: hits, in: matrix), limit: limit)
        }
        if options.mergesNeighbours {
            hits = mergeNeighbours(
                Array(hits.prefix(limit * 2)), separators: stored.mapValues(\.separator))
        }
        return RetrievalResult(
            hits: Array(hits.prefix(limit)),
            warnings: legWarnings(
                terms: terms.count, hitCounts: legs.mapValues(\.count),
                isModelEnglishOnly: index.settings.embedding.flatMap { LocalModelCatalog.model(named: $0.model) }?
                    .languages
                    == ["en"],
                hasOtherScripts: !scripts(of: text).subtracting([.latin]).isEmpty),
            terms: terms)
    }
}
