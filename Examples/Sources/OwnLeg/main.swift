// A search leg of your own: newer documents come first, by a date in their metadata.
//
//     swift run OwnLeg

import Quarry
import Synchronization

/// Scores a chunk by the year of its document.
final class NewestFirst: Leg {
    let name: LegName = "newest"
    let scoreFloor = 0.0
    private let years = Mutex<[ChunkID: Float]>([:])

    /// Learns the years of all documents. Call it after each change of the corpus.
    func learn(from corpus: Corpus) async throws {
        var learned: [ChunkID: Float] = [:]
        for document in try await corpus.documents() {
            guard case .number(let year)? = document.metadata["year"] else { continue }
            for chunk in document.chunks { learned[chunk] = Float(year) }
        }
        years.withLock { $0 = learned }
    }

    func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        let hits = years.withLock { $0 }.filter { mask?.contains($0.key) ?? true }
            .map { ScoredID(id: $0.key, score: $0.value) }
        return Array(hits.sorted(by: ScoredID.precedes).prefix(limit))
    }

    /// A chunk without a year is left out: the other legs alone judge it.
    func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        let years = years.withLock { $0 }
        return ids.compactMap { id in years[id].map { ScoredID(id: id, score: $0) } }
    }
}

let newest = NewestFirst()
var configuration = Corpus.Configuration()
configuration.embedding = .wordsOnly
configuration.legs = [newest]
// The weights of a mean: the year decides between passages that the words find equally good.
configuration.retrieval.fusion = .convex(weights: [.bm25: 0.8, newest.name: 0.2], normalization: .minMax)
let corpus = try await Corpus.inMemory(configuration: configuration)

try await corpus.index([
    Document(id: "rent-2019", text: "The rent is 480 euros a month.", metadata: ["year": 2019]),
    Document(id: "rent-2026", text: "The rent is 640 euros a month.", metadata: ["year": 2026]),
    Document(id: "garden-2026", text: "Water the beds in the evening.", metadata: ["year": 2026]),
])
try await newest.learn(from: corpus)

for hit in try await corpus.search("rent", limit: 2).hits {
    print(hit.chunk.documentID, hit.legs.keys.map(\.rawValue).sorted())
}
