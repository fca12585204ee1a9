import QuarryCore
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// Which hits are the best does not depend on how many are asked for.
struct OrderTests {
    @Test func `a larger limit returns the same hits first`() async throws {
        var random = SeededGenerator(seed: 19)
        for round in 0..<60 {
            let (library, meaning) = Self.library(using: &random)
            var options = RetrievalOptions(depth: [4, 10, 30, 100].randomElement(using: &random) ?? 4)
            options.mergesNeighbours = Bool.random(using: &random)
            options.groupsDuplicates = Int.random(in: 0..<4, using: &random) > 0
            options.window = [nil, nil, .passages(1), .section].randomElement(using: &random) ?? nil
            options.hitsPerDocument = [nil, nil, 1, 3].randomElement(using: &random) ?? nil
            options.minimumScores = Bool.random(using: &random) ? [:] : [.bm25: 10]
            options.diversity = Int.random(in: 0..<4, using: &random) == 0 ? 0.5 : nil
            let depths = [nil, 3, 8, 40].shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
            let retriever = HybridRetriever(
                library, legs: [meaning], rerankers: depths.map { RerankingStage(Shuffling(), depth: $0) },
                options: options)
            let query = Query("words", vector: nil)
            let all = try await retriever.retrieve(query, limit: 100).hits
            for limit in [0, 1, 2, 5, 10, 37] {
                let few = try await retriever.retrieve(query, limit: limit).hits
                #expect(few.count == min(limit, all.count), "round \(round), \(options)")
                // Copies are listed as far as the search went.
                #expect(
                    few.map(Self.withoutCopies) == all.prefix(limit).map(Self.withoutCopies),
                    "round \(round), limit \(limit), depths \(depths), \(options)")
            }
        }
    }

    @Test func `a document has no more hits than wanted, and a leg no lower scores`() async throws {
        var random = SeededGenerator(seed: 29)
        for _ in 0..<30 {
            let (library, meaning) = Self.library(using: &random)
            let options = RetrievalOptions(
                depth: 10, mergesNeighbours: Bool.random(using: &random), hitsPerDocument: 2,
                minimumScores: [.vector: 20])
            let hits = try await HybridRetriever(library, legs: [meaning], options: options)
                .retrieve(Query("words"), limit: 50).hits
            let counts = Dictionary(grouping: hits, by: \.chunk.documentID).mapValues(\.count)
            #expect(counts.values.allSatisfy { $0 <= 2 })
            #expect(hits.allSatisfy { $0.legs[.vector].map { $0.score >= 20 } ?? false })
        }
    }

    @Test func `a search by one leg has the scores of that leg`() async throws {
        var random = SeededGenerator(seed: 31)
        let library = Self.library(using: &random).0
        let options = RetrievalOptions(mode: .bm25, mergesNeighbours: false)
        let hits = try await HybridRetriever(library, options: options).retrieve(Query("words"), limit: 5).hits
        #expect(!hits.isEmpty && hits.allSatisfy { $0.score == $0.legs[.bm25]?.score })
    }

    @Test func `scores never rise`() async throws {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<30 {
            let (library, meaning) = Self.library(using: &random)
            let retriever = HybridRetriever(
                library, legs: [meaning], rerankers: [RerankingStage(Shuffling(), depth: 8)],
                options: RetrievalOptions(depth: 10))
            let scores = try await retriever.retrieve(Query("words"), limit: 100).hits.map(\.score)
            #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 })
        }
    }

    private static func withoutCopies(_ hit: ScoredChunk) -> ScoredChunk {
        var hit = hit
        hit.duplicates = []
        return hit
    }

    /// Books with neighbours and with copies of passages; two legs find parts of them.
    private static func library(using random: inout SeededGenerator) -> (Library, TableLeg) {
        let words = (0..<Int.random(in: 3...120, using: &random)).map { "p\($0)" }
        let books = (0..<Int.random(in: 1...20, using: &random)).map { number in
            let parts = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            return Library.Book(
                name: "\(number)", text: parts.joined(separator: "\n\n"),
                headings: parts.indices.map { ["\($0 / 5)"] })
        }
        let count = books.reduce(0) { $0 + $1.text.split(separator: "\n\n").count }
        func scores(_ share: Int) -> [ChunkID: Float] {
            var scores: [ChunkID: Float] = [:]
            for id in 1...count where Int.random(in: 0..<10, using: &random) < share {
                scores[ChunkID(Int64(id))] = Float(Int.random(in: 1...50, using: &random))
            }
            return scores
        }
        let (byWords, byMeaning) = (scores(7), scores(7))
        var byPosition: [String: Float] = [:]
        var id: Int64 = 0
        for book in books {
            for ordinal in book.text.split(separator: "\n\n").indices {
                id += 1
                byPosition["\(book.name)/\(ordinal)"] = byWords[ChunkID(id)]
            }
        }
        let library = Library(books) { [byPosition] in byPosition["\($0.documentID)/\($0.ordinal)"] }
        return (library, TableLeg(name: .vector, scoreFloor: -1, table: byMeaning))
    }
}

/// An order that has nothing to do with that of the search.
private struct Shuffling: Reranker {
    func rerank(_ candidates: [ScoredChunk], for query: AnalyzedQuery) async throws -> [ScoredChunk] {
        candidates.map { candidate in
            var hit = candidate
            hit.score = Double((candidate.id.rawValue &* 7919) % 101)
            return hit
        }.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
    }
}
