public import QuarryCore

/// Verifies the requirements of `Reranker`: it sorts the given candidates, best first, in a repeatable order, without
/// adding or duplicating any, and returns nothing for no candidates.
///
/// - Throws: ``ConformanceFailure``, or the errors of the re-ranker.
public func verifyReranker(_ reranker: some Reranker) async throws {
    let texts = [
        "The lease is signed by the tenant and the owner.", "Boil the kettle before you warm the pot.",
        "Аренду подписывают обе стороны.", "The harbour opens at seven.", "The lease ends in May.",
    ]
    let candidates = texts.enumerated().map { number, text in
        ScoredChunk(
            id: ChunkID(Int64(number + 1)),
            passage: Passage(
                chunk: Chunk(
                    documentID: "paper\(number).md", ordinal: 0, range: 0..<text.utf8.count, text: text, tokenCount: 9),
                source: "paper\(number).md"),
            score: 1 / Double(number + 1), legs: [.bm25: LegScore(rank: number + 1, score: 3)])
    }
    let question = AnalyzedQuery("Who signs the lease?", terms: ["who", "sign", "the", "leas"])
    let ranked = try await reranker.rerank(candidates, for: question)
    let known = Dictionary(uniqueKeysWithValues: candidates.map { ($0.id, $0.chunk) })
    try require(ranked.count <= candidates.count, "\(candidates.count) candidates became \(ranked.count).")
    try require(Set(ranked.map(\.id)).count == ranked.count, "A candidate was returned twice.")
    for hit in ranked {
        try require(known[hit.id] == hit.chunk, "Chunk \(hit.id.rawValue) was invented or changed.")
        try require(hit.score.isFinite, "Chunk \(hit.id.rawValue) scores \(hit.score).")
    }
    try require(
        zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score }, "The scores are not in descending order.")
    let again = try await reranker.rerank(candidates, for: question)
    try require(again == ranked, "The same candidates have another order the second time.")
    try require(try await reranker.rerank([], for: question).isEmpty, "Candidates were returned for an empty list.")
    let single = try await reranker.rerank([candidates[1]], for: question)
    try require(single.allSatisfy { $0.id == candidates[1].id }, "One candidate became another.")
}
