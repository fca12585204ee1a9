import Foundation
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryTestSupport
import QuarryTesting
import Testing

/// What is deleted is nowhere in the bytes of the index.
struct DeletedTextTests {
    /// In the text, the title, the metadata, the name of the file and a heading. None is a word of anything else.
    private static let secrets = ["zyxwvutext", "zyxwvutitle", "zyxwvumeta", "zyxwvuname", "zyxwvuhead"]

    private func secret(_ number: Int) -> String {
        """
        ---
        title: The zyxwvutitle \(number)
        keeper: zyxwvumeta
        ---
        # On zyxwvuhead

        Lamp \(number): zyxwvutext was said here. It is kept at pier \(number * 7).

        """
    }

    /// The secrets in the file and the files beside it.
    private func found(in corpus: TestCorpus) throws -> Set<String> {
        var found: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: corpus.folder.path)
        where name.hasPrefix("test.quarry") {
            let bytes = try Data(contentsOf: corpus.folder.url.appending(path: name))
            for secret in Self.secrets where bytes.range(of: Data(secret.utf8)) != nil { found.insert(secret) }
        }
        return found
    }

    private func filled() async throws -> TestCorpus {
        let corpus = try TestCorpus()
        for number in 1...30 { try corpus.write("A plain note \(number) on tides.", to: "plain-\(number).md") }
        for number in 1...5 { try corpus.write(secret(number), to: "zyxwvuname-\(number).md") }
        // A file that cannot be read leaves its name in quarantine.
        try corpus.folder.write("PK\u{3}\u{4} zyxwvutext", to: "docs/zyxwvuname.docx")
        try await corpus.index()
        #expect(try found(in: corpus) == Set(Self.secrets))
        return corpus
    }

    @Test func `deleted files leave no byte, in the history of runs neither`() async throws {
        let corpus = try await filled()
        for name in try FileManager.default.contentsOfDirectory(atPath: corpus.documentsPath)
        where name.contains("zyxwvu") {
            try corpus.folder.remove("docs/" + name)
        }
        let report = try await corpus.index()
        #expect(report.deletedDocuments == 5)
        #expect(try found(in: corpus) == [])
        #expect(try corpus.open().problems() == [])
    }

    @Test func `removed documents leave no byte of their texts, with several generations`() async throws {
        let corpus = try await filled()
        let model = LetterEmbedder(dimension: 48)
        _ = try await Indexer(corpus.open().generation(of: model), embedder: model, counter: WordCounter())
            .index([.path(corpus.documentsPath)])
        let index = try CorpusIndex.open(at: corpus.indexPath)
        let ids = (1...5).map { "docs/zyxwvuname-\($0).md" }
        #expect(try await index.removeDocuments(ids) == 5)
        // The files still exist, so their names stay: the next run must know that they were taken out.
        #expect(try found(in: corpus).subtracting(["zyxwvuname"]) == [])
        #expect(try await index.generations().map(\.vectors) == [30, 30])
    }

    @Test func `a text that a file no longer has is gone with the run that reads the file`() async throws {
        let corpus = try await filled()
        for number in 1...5 { try corpus.write("Nothing of it.", to: "zyxwvuname-\(number).md") }
        try await corpus.index()
        #expect(try found(in: corpus).subtracting(["zyxwvuname"]) == [])
    }
}
