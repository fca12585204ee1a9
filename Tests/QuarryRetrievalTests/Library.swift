import QuarryCore
import Synchronization

/// A corpus in memory. Its documents consist of paragraphs, each a chunk of its own.
final class Library: SnapshotSource, Snapshot {
    struct Book {
        var name: String
        var text: String
        /// The headings of each paragraph; none if it is missing.
        var headings: [[String]] = []
    }

    private let passages: [ChunkID: Passage]
    private let scores: @Sendable (Chunk) -> Float?
    private let asked = Mutex<[Int]>([])

    /// - `scores`: The score of a chunk in the only leg; nil if it is not found.
    init(_ books: [Book], scores: @escaping @Sendable (Chunk) -> Float?) {
        var passages: [ChunkID: Passage] = [:]
        for book in books {
            let map = SourceMap(identityOf: book.text)
            let parts = book.text.split(separator: "\n\n")
            for (ordinal, part) in parts.enumerated() {
                let start = book.text.utf8.distance(from: book.text.startIndex, to: part.startIndex)
                let end = start + part.utf8.count
                let separator = ordinal + 1 < parts.count ? "\n\n" : ""
                passages[ChunkID(Int64(passages.count + 1))] = Passage(
                    chunk: Chunk(
                        documentID: book.name, ordinal: ordinal, range: start..<end, text: String(part),
                        headings: ordinal < book.headings.count ? book.headings[ordinal] : [],
                        tokenCount: part.split(separator: " ").count),
                    separator: separator, source: book.name,
                    sourceMap: map.slice(start..<(end + separator.utf8.count)))
            }
        }
        self.passages = passages
        self.scores = scores
    }

    /// The depths that the leg was searched to.
    var depths: [Int] { asked.withLock { $0 } }

    func withSnapshot<Result: Sendable>(_ body: (any Snapshot) async throws -> Result) async throws -> Result {
        try await body(self)
    }

    var legs: [any Leg] { [ScoringLeg(library: self)] }
    func languages() -> [String] { ["en"] }
    func revision() -> String { "1" }
    func mask(of filter: Filter) -> ChunkMask {
        ChunkMask(passages.filter { filter == .equals("id", .string($0.value.chunk.documentID)) }.map(\.key))
    }
    func mask(ofSourcesNamed part: String) -> ChunkMask {
        ChunkMask(passages.filter { $0.value.source.lowercased().contains(part.lowercased()) }.map(\.key))
    }
    func passages(_ ids: [ChunkID]) -> [ChunkID: Passage] { passages.filter { ids.contains($0.key) } }
    func passages(ofDocument documentID: String, at ordinals: ClosedRange<Int>) -> [ChunkID: Passage] {
        passages.filter { $0.value.chunk.documentID == documentID && ordinals.contains($0.value.chunk.ordinal) }
    }
    func vectors(of ids: [ChunkID]) -> [ChunkID: [Float]] {
        Dictionary(uniqueKeysWithValues: ids.map { ($0, [1, 0]) })
    }
    func vectorCoverage() -> VectorCoverage { VectorCoverage(chunks: passages.count, vectors: passages.count) }

    private struct ScoringLeg: Leg {
        let library: Library
        var name: LegName { .bm25 }
        var scoreFloor: Double { 0 }

        func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
            library.asked.withLock { $0.append(limit) }
            return Array(
                all.filter { mask?.contains($0.id) ?? true }.sorted(by: ScoredID.precedes).prefix(limit))
        }

        func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
            all.filter { ids.contains($0.id) }
        }

        private var all: [ScoredID] {
            library.passages.compactMap { id, passage in
                library.scores(passage.chunk).map { ScoredID(id: id, score: $0) }
            }
        }
    }
}

/// A leg with fixed scores.
struct TableLeg: Leg {
    var name: LegName
    var scoreFloor = 0.0
    var table: [ChunkID: Float]

    func best(for query: AnalyzedQuery, limit: Int, among mask: ChunkMask?) async throws -> [ScoredID] {
        let hits = table.filter { mask?.contains($0.key) ?? true }.map { ScoredID(id: $0.key, score: $0.value) }
        return Array(hits.sorted(by: ScoredID.precedes).prefix(limit))
    }

    func scores(of ids: [ChunkID], for query: AnalyzedQuery) async throws -> [ScoredID] {
        ids.compactMap { id in table[id].map { ScoredID(id: id, score: $0) } }
    }
}
