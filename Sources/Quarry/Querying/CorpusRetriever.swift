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
    private let reranker: (any Reranker)?
    private let analyzer = Analyzer()

    /// - Parameters:
    ///   - embedder: The model the index was built with; may be nil for ``RetrievalOptions/Mode/bm25``.
    ///   - reranker: A model that puts the best candidates in a better order; nil leaves that to
    ///     ``RetrievalOptions/reranks``.
    /// - Throws: ``CorpusError`` when the embedder is missing, or is not the one that made the vectors.
    public init(
        _ index: CorpusIndex, embedder: (any Embedder)?, reranker: (any Reranker)? = nil,
        options: RetrievalOptions = RetrievalOptions()
    ) throws {
        if options.mode != .bm25 {
            guard index.settings.embedding != nil else {
                throw CorpusError(
                    .otherModel,
                    "\(index.path) has no vectors: it was made with --model none, and a search by \(options.mode.rawValue) needs some. "
                        + "Search with --mode bm25, or index the documents with a model into another file: quarry index --index FILE --model \(LocalModelCatalog.defaultModelName)"
                )
            }
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
        self.reranker = reranker
        self.options = options
    }

    public func retrieve(_ query: Query, limit: Int) async throws -> [ScoredChunk] {
        try await search(query, limit: limit).hits
    }

    public func isEmpty(under filter: Filter) async throws -> Bool {
        try translatingErrors(path: index.path) {
            try index.pool.read { try index.mask(of: filter, in: $0)?.count == 0 }
        }
    }

    /// Finds at most `limit` passages.
    ///
    /// - Throws: ``CorpusError`` for an empty question, or one without a single letter or digit.
    public func search(_ query: Query, limit: Int) async throws -> RetrievalResult {
        try await search(query, limit: limit, mergesNeighbours: options.mergesNeighbours)
    }

    func search(_ query: Query, limit: Int, mergesNeighbours: Bool) async throws -> RetrievalResult {
        let text = try Self.checked(query.text)
        let limit = max(0, limit)
        let vector = try await embedder?.embed([text], as: .query)
        // Two neighbours make one hit, so twice as many give room for most.
        let room = mergesNeighbours ? Self.doubled(limit) : limit
        var candidates: Candidates = try translatingErrors(path: index.path) {
            try index.pool.read { db in
                try self.candidates(
                    text, vector: vector, filter: query.filter, depth: max(options.depth, room), in: db)
            }
        }
        if options.reranks {
            candidates.hits = LexicalReranker(
                questionTerms: { [terms = candidates.terms] _ in terms },
                passageTerms: { analyzer.terms(of: $0, language: $1.flatMap { Language(rawValue: $0) }) }
            ).rerank(candidates.hits, for: text)
        }
        if let reranker {
            let depth = max(Self.doubled(limit), options.rerankDepth)
            let best = Array(candidates.hits.prefix(depth))
            // What was not judged is left out: its scores mean something else.
            if !best.isEmpty { candidates.hits = try await reranker.rerank(best, for: text) }
        }
        return try result(of: candidates, limit: limit, mergesNeighbours: mergesNeighbours)
    }

    private static func doubled(_ limit: Int) -> Int { limit > .max / 2 ? .max : 2 * limit }

    /// What one snapshot of the index brought.
    private struct Candidates: Sendable {
        var hits: [ScoredChunk]
        var separators: [ChunkID: String]
        var matrix: VectorMatrix?
        var terms: [String]
        var warnings: [String]
    }

    /// The best candidates: varied where that is asked for, and with neighbours joined.
    ///
    /// Neighbours are looked for among the first `2 · limit`, and further down while joining leaves fewer than `limit`.
    private func result(of candidates: Candidates, limit: Int, mergesNeighbours: Bool) throws -> RetrievalResult {
        let vectors =
            try options.diversity != nil ? candidates.matrix.map { try rows(of: candidates.hits, in: $0) } : nil
        func best(_ count: Int) -> [ScoredChunk] {
            guard let diversity = options.diversity, let vectors else { return Array(candidates.hits.prefix(count)) }
            return MaximalMarginalRelevance(lambda: diversity)
                .select(candidates.hits, vectors: vectors, limit: count)
        }
        var hits: [ScoredChunk] = []
        if mergesNeighbours {
            var seen = 0
            while hits.count < limit, seen < candidates.hits.count {
                seen = min(seen == 0 ? Self.doubled(limit) : seen + limit, candidates.hits.count)
                hits = mergeNeighbours(best(seen), separators: candidates.separators)
            }
        } else {
            hits = best(limit)
        }
        return RetrievalResult(
            hits: Array(hits.prefix(limit)), warnings: candidates.warnings, terms: candidates.terms)
    }

    /// The longest question, in bytes of UTF-8.
    public static let maximumQueryBytes = 64 << 10

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

    private func candidates(
        _ text: String, vector: EmbeddingBatch?, filter: Filter?, depth: Int, in db: Database
    ) throws -> Candidates {
        let mask = try index.mask(of: filter, in: db)
        let languages = try String.fetchAll(
            db, sql: "SELECT language FROM languages ORDER BY documents DESC, language")
        let terms = analyzer.queryTerms(of: text, languages: languages.compactMap { Language(rawValue: $0) })

        var legs: [Leg: [ScoredID]] = [:]
        var board: BM25ScoreBoard?
        if options.mode != .vector {
            let scores = try BM25Table.scores(in: db, terms: terms, mask: mask, parameters: options.bm25)
            legs[.bm25] = scores.best(depth)
            board = scores
        }
        var matrix: VectorMatrix?
        if let vector {
            let loaded = try index.vectorMatrix(in: db)
            matrix = loaded
            legs[.vector] = try loaded.nearest(to: Array(vector[0]), limit: depth, among: mask)
        }

        var others: [Leg: [ScoredID]] = [:]
        if case .convex = options.fusion, let matrix, let vector, let board, let lexical = legs[.bm25],
            let dense = legs[.vector]
        {
            let onlyLexical = ChunkMask(Set(lexical.map(\.id)).subtracting(dense.map(\.id)))
            let onlyDense = Set(dense.map(\.id)).subtracting(lexical.map(\.id))
            others[.vector] = try matrix.nearest(to: Array(vector[0]), limit: onlyLexical.count, among: onlyLexical)
            let scored = board.scores(of: onlyDense)
            let silent = onlyDense.subtracting(scored.map(\.id))
            others[.bm25] = scored + silent.sorted().map { ScoredID(id: $0, score: 0) }
        }
        let fused = options.fusion.fuse(legs, scoresOfOthers: others, limit: depth)
        let stored = try StoredChunks.fetch(fused.map(\.id), in: db)
        let hits = fused.compactMap { hit in
            stored[hit.id].map {
                ScoredChunk(
                    id: hit.id, chunk: $0.chunk, documentTitle: $0.documentTitle, language: $0.language,
                    location: $0.location,
                    score: hit.score, legs: hit.legs)
            }
        }
        if let mask, mask.count == 0 {
            return Candidates(
                hits: [], separators: [:], matrix: matrix, terms: terms,
                warnings: [
                    "No document matches the filter. Check its keys and values: they are those of front matter and metadata."
                ])
        }
        return Candidates(
            hits: hits, separators: stored.mapValues(\.separator), matrix: matrix, terms: terms,
            warnings: legWarnings(
                terms: terms.count, hitCounts: legs.mapValues(\.count),
                isModelEnglishOnly: index.settings.embedding.flatMap { LocalModelCatalog.model(named: $0.model) }?
                    .languages
                    == ["en"],
                hasOtherScripts: !scripts(of: text).subtracting([.latin]).isEmpty))
    }
}
