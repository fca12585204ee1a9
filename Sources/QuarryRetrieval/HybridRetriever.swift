public import QuarryCore
import QuarryText

/// Searches a corpus by all its legs in one snapshot: candidates, fusion, duplicates, re-ranking, diversity, neighbours.
///
/// Ids and scores come first. Texts are fetched only for chunks that a re-ranker reads or that may be returned, and for
/// all candidates with ``RetrievalOptions/diversity``.
public struct HybridRetriever: Retriever {
    public let options: RetrievalOptions
    let corpus: any SnapshotSource
    private let embedder: (any Embedder)?
    private let additionalLegs: [any Leg]
    private let rerankers: [RerankingStage]
    private let analyzer = Analyzer()

    /// - `embedder`: The model that made the corpus's vectors. Not used for ``RetrievalOptions/Mode/bm25``.
    /// - `legs`: Additional legs. One replaces the corpus's leg of the same name.
    /// - `rerankers`: Applied one after the other.
    public init(
        _ corpus: any SnapshotSource, embedder: (any Embedder)? = nil, legs: [any Leg] = [],
        rerankers: [RerankingStage] = [], options: RetrievalOptions = RetrievalOptions()
    ) {
        self.corpus = corpus
        self.embedder = options.mode == .bm25 ? nil : embedder
        self.additionalLegs = legs
        self.rerankers = rerankers
        self.options = options
    }

    /// The longest question, in bytes of UTF-8.
    public static let maximumQueryBytes = 64 << 10

    /// Checks the query's text and computes its vector, for callers that need the vector before the search.
    ///
    /// - Throws: ``QuestionError``, and the errors of the embedder.
    public func prepared(_ query: Query) async throws -> Query {
        var query = query
        query.text = try Self.checked(query.text)
        if let embedder, query.vector?.fingerprint != embedder.fingerprint {
            query.vector = try await vector(of: query.parsed.text, by: embedder)
        }
        if embedder == nil { query.vector = nil }
        return query
    }

    private func vector(of text: String, by embedder: any Embedder) async throws -> QueryVector {
        QueryVector(
            Array(try await embedder.embed([text.forEmbedding], as: .query)[0]), by: embedder.fingerprint)
    }

    /// - Throws: ``QuestionError``, and the errors of the embedder, the re-rankers, the legs and the corpus.
    public func retrieve(_ query: Query, limit: Int) async throws -> Retrieval {
        try await retrieve(query, with: [], limit: limit)
    }

    /// Searches for a question and for other texts about it in one snapshot. What they find is fused by reciprocal rank.
    ///
    /// The filter and the operators of the question hold for all; those of the other texts do not count. Everything that
    /// is said of a hit and of the search, such as the scores of the legs, is about the question.
    ///
    /// - `others`: Each with its vector if it is not that of its text. Every one costs as much as the question.
    /// - Throws: As ``retrieve(_:limit:)`` does.
    public func retrieve(_ query: Query, with others: [Query], limit: Int) async throws -> Retrieval {
        let query = try await prepared(query)
        var prepared: [Query] = []
        for other in others { prepared.append(try await self.prepared(other)) }
        return try await corpus.withSnapshot { [prepared] snapshot in
            try await search(query, with: prepared, limit: max(0, limit), options: options, in: snapshot)
        }
    }

    /// - `query`, `others`: Prepared.
    func search(
        _ query: Query, with others: [Query] = [], limit: Int, options: RetrievalOptions, in snapshot: any Snapshot
    ) async throws -> Retrieval {
        let languages = try await snapshot.languages().compactMap { Language(rawValue: $0) }
        let legs = try await legs(of: snapshot)
        let parsed = query.parsed
        let followsOperators = snapshot.words != nil || parsed.clauses.isEmpty
        let expression = followsOperators ? parsed : QueryExpression(text: query.text)
        var retrieval = Retrieval(expression: expression.clauses.isEmpty ? nil : expression, vector: query.vector)
        let unfollowed =
            followsOperators ? nil : "This corpus has no list of its words, so the operators count as text."
        let remarks = [parsed.warning, unfollowed].compactMap(\.self)
        var mask: ChunkMask?
        if let filter = query.filter { mask = try await snapshot.mask(of: filter) }
        if mask?.count == 0 {
            retrieval.terms = analyzer.queryTerms(of: expression.text, languages: languages).compactMap(\.forms.first)
            retrieval.filterMatchesNothing = true
            retrieval.warnings = [
                "No document matches the filter. Check its keys and values: they are those of front matter and metadata."
            ]
            retrieval.warnings += remarks
            return retrieval
        }
        var terms: [QueryTerm]
        if let words = snapshot.words, !expression.clauses.isEmpty {
            let operators = OperatorSearch(
                snapshot: snapshot, words: words, analyzer: analyzer, languages: languages)
            let found = try await operators.result(of: expression, among: mask)
            (mask, terms) = (found.mask, found.terms)
            retrieval.warnings = remarks + found.warnings
        } else {
            retrieval.warnings = remarks
            terms = analyzer.queryTerms(of: expression.text, languages: languages)
        }
        if options.corrects, let words = snapshot.words, legs.contains(where: { $0.name == .bm25 }) {
            let found = try await WordCorrections(
                snapshot: snapshot, words: words, analyzer: analyzer, languages: languages
            ).result(for: expression.text, terms: terms, except: expression.lookedUp)
            terms += found.terms
            retrieval.corrections = found.corrections
            retrieval.warnings += found.corrections.map(\.warning)
            if !found.corrections.isEmpty, let embedder {
                retrieval.vector = try await vector(of: expression.text.corrected(by: found.corrections), by: embedder)
            }
        }
        retrieval.terms = terms.compactMap(\.forms.first)
        retrieval.forms = Set(terms.flatMap(\.forms))
        if mask?.count == 0 { return retrieval }
        let question = AnalyzedQuery(expression.text, terms: terms, vector: retrieval.vector)
        let otherQuestions = others.map { other in
            let text = other.parsed.text
            return AnalyzedQuery(
                text, terms: analyzer.queryTerms(of: text, languages: languages), vector: other.vector)
        }
        let order = try await FusedOrder(
            legs, for: question, with: otherQuestions, among: mask, options: options, limit: limit)
        let results = order.results
        var candidates = Candidates(order, snapshot: snapshot, groupsDuplicates: options.groupsDuplicates)
        // The corpus has no coverage of vectors that are stored elsewhere.
        if results.contains(where: { $0.name == .vector }), !additionalLegs.contains(where: { $0.name == .vector }) {
            retrieval.vectorCoverage = try await snapshot.vectorCoverage()
        }
        if let leg = results.first(where: { $0.name == .vector }) {
            let searched = mask.map(\.count) ?? retrieval.vectorCoverage?.vectors ?? leg.hits.count
            retrieval.backgroundCosine = leg.backgroundScore(among: searched)
        }
        let asked = scripts(of: question.text)
        retrieval.warnings += legWarnings(
            terms: question.terms.count,
            hitCounts: Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0.hits.count) }),
            coverage: retrieval.vectorCoverage, isModelEnglishOnly: embedder?.languages == ["en"],
            hasOtherScripts: !asked.subtracting([.latin]).isEmpty,
            isInOtherScript: !asked.isEmpty && !languages.isEmpty && asked.isDisjoint(with: languages.map(\.script)),
            isLimited: retrieval.expression != nil)
        for stage in rerankers {
            let depth = stage.depth ?? options.depth
            if let failure = try await candidates.rerank(by: stage.reranker, for: question, depth: depth) {
                retrieval.warnings.append(failure)
            }
        }
        if let lambda = options.diversity, question.vector != nil {
            try await candidates.diversify(by: MaximalMarginalRelevance(lambda: lambda), depth: options.depth)
        }
        retrieval.hits = try await candidates.best(limit, options: options)
        return retrieval
    }

    private static func checked(_ text: String) throws -> String {
        guard text.utf8.count <= maximumQueryBytes else {
            throw QuestionError.tooLong(bytes: text.utf8.count, maximum: maximumQueryBytes)
        }
        guard text.unicodeScalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil })
        else { throw QuestionError.hasNoWords }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private func legs(of snapshot: any Snapshot) async throws -> [any Leg] {
        let replaced = Set(additionalLegs.map(\.name))
        var legs = snapshot.legs.filter { !replaced.contains($0.name) && options.mode.includes($0.name) }
        for leg in additionalLegs where options.mode.includes(leg.name) {
            legs.append(try await leg.bound(to: snapshot))
        }
        return legs
    }
}
