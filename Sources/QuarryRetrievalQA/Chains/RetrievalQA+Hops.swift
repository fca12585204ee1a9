import QuarryCore

extension RetrievalQA {
    /// What a second search added to the first.
    struct SecondHop {
        var hop: Answer.Hop
        /// Of both searches: the two passages of the answer first.
        var retrieval: Retrieval
        var extraction: Extraction
    }

    /// Searches again with a name that the first search found, if the question has parts that no single passage holds.
    ///
    /// The two searches count only if they fit together: one sentence holds a part of the question and the name, another
    /// one holds the name and the rest of the question.
    /// - Returns: Nil if they do not, and for a question of one part.
    func secondHop(
        _ asked: Query, after retrieval: Retrieval, _ first: Extraction, _ ranked: [RankedSentence]
    ) async throws -> SecondHop? {
        let scan = BridgeScan(asked.text, in: retrieval.hits, analysis: reader.analysis)
        guard options.maximumHops > 1, scan.isSplit else { return nil }
        var best: (bridge: Bridge, found: Retrieval, second: RankedSentence, support: Double)?
        for bridge in scan.bridges(among: ranked) {
            // Its words are those of documents: none of them is an operator. What the question excludes stays excluded.
            let expression = QueryExpression(
                text: bridge.question,
                clauses: retrieval.expression?.clauses.filter { $0.occurrence == .excluded } ?? [])
            let found = try await retriever.retrieve(
                Query(bridge.question, filter: asked.filter, expression: expression), limit: options.limit)
            let (extraction, sentences) = try await reader.reading(bridge.question, in: found)
            guard
                let second = sentences.prefix(Self.comparedSentences).first(where: {
                    scan.isEarned(bridge, by: $0, in: found.hits[$0.sentence.hit])
                })
            else { continue }
            let support = reader.support(of: second, in: found)
            guard support >= extraction.threshold, support > best?.support ?? 0 else { continue }
            best = (bridge, found, second, support)
        }
        guard let best else { return nil }
        let joined = JoinedHits(
            first: retrieval.hits, second: best.found.hits, bridge: best.bridge.sentence.hit,
            answer: best.second.sentence.hit)
        var sentences = [joined.fromFirst(best.bridge.sentence), joined.fromSecond(best.second.sentence)]
        if first.isSupported { sentences += first.sentences.map { joined.fromFirst($0) } }
        var extraction = first
        extraction.support = max(best.support, first.isSupported ? first.support : 0)
        extraction.sentences = sentences.reduce(into: []) { kept, sentence in
            if !kept.contains(where: { $0.overlaps(sentence) }) { kept.append(sentence) }
        }
        var both = retrieval
        both.hits = joined.hits
        both.warnings += best.found.warnings.filter { !both.warnings.contains($0) }
        if retrieval.expression?.clauses.contains(where: { $0.occurrence != .excluded }) == true {
            both.warnings.append(
                "In the second search, for “\(best.bridge.name)”, only what the question excludes held of its operators."
            )
        }
        return SecondHop(
            hop: Answer.Hop(name: best.bridge.name, question: best.bridge.question), retrieval: both,
            extraction: extraction)
    }

    /// The best sentences of a second search that may answer.
    private static let comparedSentences = 3
}

/// The hits of two searches, each text once.
private struct JoinedHits {
    private(set) var hits: [ScoredChunk] = []
    private let first: [ScoredChunk]
    private let second: [ScoredChunk]

    init(first: [ScoredChunk], second: [ScoredChunk], bridge: Int, answer: Int) {
        self.first = first
        self.second = second
        add(first[bridge])
        add(second[answer])
        for hit in first + second { add(hit) }
    }

    /// A hit within another one adds nothing, and a larger one takes its place.
    private mutating func add(_ hit: ScoredChunk) {
        func holds(_ a: ScoredChunk, _ b: ScoredChunk) -> Bool {
            a.chunk.documentID == b.chunk.documentID && a.chunk.range.contains(b.chunk.range)
        }
        if hits.contains(where: { holds($0, hit) }) { return }
        if let index = hits.firstIndex(where: { holds(hit, $0) }) {
            hits[index] = hit
            hits = hits.enumerated().filter { $0.offset == index || !holds(hit, $0.element) }.map(\.element)
        } else {
            hits.append(hit)
        }
    }

    func fromFirst(_ sentence: ExtractedSentence) -> ExtractedSentence { placed(sentence, of: first) }
    func fromSecond(_ sentence: ExtractedSentence) -> ExtractedSentence { placed(sentence, of: second) }

    private func placed(_ sentence: ExtractedSentence, of list: [ScoredChunk]) -> ExtractedSentence {
        var placed = sentence
        (placed.hit, placed.range) = place(sentence.hit, sentence.range, of: list)
        placed.repeats = sentence.repeats.map { other in
            let (hit, range) = place(other.hit, other.range, of: list)
            return .init(hit: hit, range: range)
        }
        return placed
    }

    /// The hit that has a range of a hit, and the range in it.
    private func place(_ index: Int, _ range: Range<Int>, of list: [ScoredChunk]) -> (Int, Range<Int>) {
        let chunk = list[index].chunk
        for (position, hit) in hits.enumerated()
        where hit.chunk.documentID == chunk.documentID && hit.chunk.range.contains(chunk.range) {
            let shift = chunk.range.lowerBound - hit.chunk.range.lowerBound
            return (position, (range.lowerBound + shift)..<(range.upperBound + shift))
        }
        preconditionFailure("Each hit of both searches is in one of the joined hits.")
    }
}
