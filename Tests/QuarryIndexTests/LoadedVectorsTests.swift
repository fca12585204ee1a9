import GRDB
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import Testing

struct LoadedVectorsTests {
    @Test func `vectors stay in memory until a run changes them, and are then read again`()
        async throws
    {
        let corpus = try TestCorpus()
        try corpus.write("A note on lighthouses.", to: "a.md")
        try await corpus.index()
        let retriever = try CorpusIndex.open(at: corpus.indexPath, readOnly: true).retriever(
            embedder: corpus.embedder, options: RetrievalOptions(mode: .vector))
        func found() async throws -> Int { try await retriever.retrieve(Query("lighthouses"), limit: 9).hits.count }
        #expect(try await found() == 1)

        // Reading again shows that the file has no vectors now.
        try await DatabaseQueue(path: corpus.indexPath).write { try $0.execute(sql: "DELETE FROM vectors") }
        #expect(try await found() == 1)
        try corpus.write("A note on windmills.", to: "b.md")
        // The chunk that lost its vector gets a new one.
        #expect(try await corpus.index().embeddedChunks == 2)
        #expect(
            try await retriever.retrieve(Query("windmills"), limit: 9).hits.map(\.chunk.documentID)
                == ["docs/b.md", "docs/a.md"])
    }

    @Test func `many concurrent questions get the same hits`() async throws {
        let corpus = try TestCorpus()
        for number in 1...50 { try corpus.write("Note \(number) tells of item \(number * 13).", to: "\(number).md") }
        try await corpus.index()
        let retriever = try corpus.open().retriever(embedder: corpus.embedder)
        let expected = try await corpus.search("item 260", limit: 5).map(\.id)
        try await withThrowingTaskGroup(of: [ChunkID].self) { group in
            for _ in 1...16 {
                group.addTask { try await retriever.retrieve(Query("item 260"), limit: 5).hits.map(\.id) }
            }
            for try await ids in group { #expect(Set(ids) == Set(expected)) }
        }
    }
}
