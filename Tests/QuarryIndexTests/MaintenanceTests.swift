import Foundation
import QuarryCore
import QuarryIndex
import QuarryRetrieval
import QuarryTestSupport
import Synchronization
import Testing

/// Copies of an index, and its size.
struct MaintenanceTests {
    private func filled(_ documents: Int = 30) async throws -> TestCorpus {
        let corpus = try TestCorpus()
        for number in 0..<documents {
            try corpus.write("Buoy \(number) lies \(number) miles off the cape. " + filler(number), to: "\(number).md")
        }
        try await corpus.index()
        return corpus
    }

    private func filler(_ number: Int) -> String {
        (1...40).map { "Its lamp \($0 * number) was painted in the year \(1_800 + $0)." }.joined(separator: " ")
    }

    @Test func `a copy is one whole file that answers as the index did when it began`() async throws {
        let corpus = try await filled()
        let copy = corpus.folder.path("copy.quarry")
        let shares = Mutex([Double]())
        let hits = try await corpus.search("buoy 7", mode: .bm25)
        try await corpus.open().backUp(to: copy) { share in shares.withLock { $0.append(share) } }
        #expect(shares.withLock { $0.last == 1 && $0 == $0.sorted() })
        #expect(!FileManager.default.fileExists(atPath: copy + "-wal"))
        try corpus.write("A new quay.", to: "new.md")
        try await corpus.index()

        let copied = try CorpusIndex.open(at: copy, readOnly: true)
        #expect(try copied.problems().isEmpty)
        #expect(try copied.summary().documents == 30)
        let options = RetrievalOptions(mode: .bm25, mergesNeighbours: false)
        let copiedHits = try await copied.retriever(embedder: nil, options: options).retrieve(
            Query("buoy 7"), limit: 10
        ).hits
        #expect(copiedHits.map(\.id) == hits.map(\.id) && !hits.isEmpty)
        #expect(try corpus.open().summary().documents == 31)
        let left = try FileManager.default.contentsOfDirectory(atPath: corpus.folder.path).filter {
            $0.contains("partial")
        }
        #expect(left.isEmpty)
    }

    @Test func `a copy made while the index is written is whole`() async throws {
        let corpus = try await filled()
        let index = try corpus.open()
        async let writing: Void = {
            for number in 0..<5 {
                try corpus.write("Mole \(number).", to: "mole-\(number).md")
                try await corpus.index()
            }
        }()
        for number in 0..<5 {
            let copy = corpus.folder.path("copy-\(number).quarry")
            try await index.backUp(to: copy)
            #expect(try CorpusIndex.open(at: copy, readOnly: true).problems().isEmpty)
        }
        try await writing
    }

    @Test func `a copy replaces no file, and needs a folder`() async throws {
        let corpus = try await filled(2)
        let taken = corpus.folder.path("docs/0.md")
        let before = try Data(contentsOf: URL(filePath: taken))
        let index = try corpus.open()
        for path in [taken, corpus.folder.path("docs"), corpus.indexPath] {
            await #expect { try await index.backUp(to: path) } throws: { ($0 as? CorpusError)?.code == .input }
        }
        #expect(try Data(contentsOf: URL(filePath: taken)) == before)
        await #expect { try await index.backUp(to: corpus.folder.path("none/copy.quarry")) } throws: {
            ($0 as? CorpusError)?.code == .missing
        }
    }

    @Test func `a cancelled copy leaves nothing`() async throws {
        let corpus = try await filled()
        let copy = corpus.folder.path("copy.quarry")
        let index = try corpus.open()
        let task = Task { try await index.backUp(to: copy) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: corpus.folder.path).allSatisfy {
                !$0.hasPrefix("copy")
            })
    }

    @Test func `compacting gives back the space of deleted documents, and loses nothing`() async throws {
        let corpus = try await filled(120)
        let index = try corpus.open()
        _ = try await index.removeDocuments((10..<120).map { "docs/\($0).md" })
        let hits = try await corpus.search("buoy 7")
        let (before, after) = try await index.compact()
        #expect(before.unusedBytes > 0 && after.unusedBytes == 0 && after.bytes < before.bytes)
        let size = try FileManager.default.attributesOfItem(atPath: corpus.indexPath)[.size] as? Int
        #expect(size == after.bytes)
        #expect(try index.problems().isEmpty)
        #expect(try index.summary().unusedBytes == 0)
        #expect(try await corpus.search("buoy 7").map(\.id) == hits.map(\.id))
        // GRDB makes the log of a newly opened file by creating and dropping a table, which leaves one page.
        #expect(try index.summary().unusedBytes <= 8192)
    }
}
