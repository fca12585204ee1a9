public import QuarryCore

/// What every `Reranker` must do: bring an order to the candidates it was given, best first, the same one each time,
/// without adding or repeating one, and make nothing of nothing.
///
/// - Throws: ``ConformanceFailure``, or what the re-ranker throws.
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
    try require(Set(ranked.map(\.id)).count == ranked.count, "A candidate came back twice.")
    for hit in ranked {
        try require(known[hit.id] == hit.chunk, "Chunk \(hit.id.rawValue) was invented or changed.")
        try require(hit.score.isFinite, "Chunk \(hit.id.rawValue) scores \(hit.score).")
    }
    try require(
        zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score }, "The scores are not in descending order.")
    let again = try await reranker.rerank(candidates, for: question)
    try require(again == ranked, "The same candidates came in another order the second time.")
    try require(try await reranker.rerank([], for: question).isEmpty, "No candidates became some.")
    let single = try await reranker.rerank([candidates[1]], for: question)
    try require(single.allSatisfy { $0.id == candidates[1].id }, "One candidate became another.")
}
