import Foundation
import GRDB
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryReaders
import QuarryRetrieval
import QuarryTestSupport
import Testing

struct DoctorTests {
    private func damaged(by sql: String) async throws -> TestCorpus {
        let corpus = try TestCorpus()
        try corpus.write("# Quarries\n\nA note on granite, which is a hard stone.\n", to: "a.md")
        let parts = (1...30).map { "This is the sentence number \($0) about slate and marble." }
        try corpus.write(parts.joined(separator: " "), to: "long.txt")
        try await corpus.index()
        #expect(try corpus.open().problems().isEmpty)
        try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction { try $0.execute(sql: sql) }
        return corpus
    }

    @Test(arguments: [
        (
            "DELETE FROM chunks WHERE document = (SELECT id FROM documents WHERE key = 'docs/a.md')",
            "docs/a.md: all of its"
        ),
        (
            "DELETE FROM chunks WHERE id = (SELECT max(chunks.id) FROM chunks JOIN documents ON documents.id = document WHERE key = 'docs/long.txt')",
            "docs/long.txt: its last chunks are missing"
        ),
        ("DELETE FROM languages", "are not counted"),
        ("DELETE FROM roots", "roots: the folder"),
        ("INSERT INTO languages VALUES ('fi', 0)", "languages, row fi"),
        ("UPDATE documents SET source_map = x'00ff' WHERE key = 'docs/a.md'", "docs/a.md: its source map is damaged"),
        (
            "UPDATE documents SET source_map = x'0001040001010500010100' WHERE key = 'docs/a.md'",
            "docs/a.md: its source map ends at byte 5"
        ),
        ("DELETE FROM vectors; DELETE FROM vector_generations", "no generation 1"),
        ("DELETE FROM vectors", "vector_generations, row 1"),
        ("UPDATE documents SET title = 'Another title' WHERE key = 'docs/a.md'", "documents, row 1"),
        ("UPDATE documents SET key = 'x' || key", "documents, row 1"),
        ("UPDATE documents SET metadata = '{'", "documents, row 2"),
        ("INSERT INTO document_values VALUES ('year', 1999, 1, 0)", "document_values: the values of document 1"),
        ("UPDATE sources SET name = 'x' || name", "sources, row 2"),
        ("UPDATE sources SET sha256 = zeroblob(32) WHERE id = 1", "sources, row 1"),
        ("UPDATE chunks SET separator = '--' WHERE id = 2", "chunks, row 2"),
        ("UPDATE chunks SET headings = '' WHERE id = 1", "chunks, row 1"),
        ("UPDATE chunks SET id = id + 50 WHERE id = 1", "chunks, row 51"),
        ("UPDATE chunks SET text = CAST(x'ff' AS TEXT) || substr(text, 2) WHERE id = 1", "chunks, row 1"),
        ("UPDATE vector_generations SET dimension = 63", "its model has 64 dimensions, its vectors 63"),
        ("INSERT INTO generations VALUES (7, (SELECT model FROM generations), 0)", "generations, row 7: it has no"),
        ("INSERT INTO vector_generations VALUES (7, 64, 0, 0)", "the model of generation 7 is missing"),
        (
            "UPDATE vectors SET rows = CAST(substr(rows, 5) || substr(rows, 1, 4) AS BLOB)",
            "do not match their checksum"
        ),
        ("UPDATE vectors SET rows = CAST(x'0000c07f' || substr(rows, 5) AS BLOB)", "chunk 1"),
        ("UPDATE vectors SET block = 3", "vector"),
        (
            "UPDATE bm25_terms SET term = CAST('limestone' AS BLOB) WHERE term = CAST('granit' AS BLOB)",
            "Term number"
        ),
        ("INSERT INTO quarantine(source, reason, message, checksum) VALUES ('a', 'unheard of', 'b', 0)", "quarantine"),
        ("UPDATE sqlite_sequence SET seq = 0", "sqlite_sequence"),
    ])
    func `the doctor finds missing data`(sql: String, words: String) async throws {
        let corpus = try await damaged(by: "PRAGMA foreign_keys = OFF; \(sql)")
        let problems = try CorpusIndex.open(at: corpus.indexPath, readOnly: true).problems()
        #expect(problems.contains { $0.contains(words) }, "\(problems)")
    }

    @Test(arguments: [
        "UPDATE settings SET value = json_set(value, '$.chunking.target', 41) WHERE key = 'index'",
        "UPDATE settings SET value = '01' WHERE key = 'generation'",
        "UPDATE settings SET value = 'x' WHERE key = 'generation'",
        "UPDATE settings SET value = '5' WHERE key = 'generation'",
        "DELETE FROM settings WHERE key = 'generation'",
        "UPDATE generations SET model = '[]'", "DELETE FROM generations",
        "UPDATE generations SET model = replace(model, 'letters', 'others')",
        "UPDATE generations SET model = replace(model, '\"dimension\":64', '\"dimension\":-1')",
    ])
    func `an index whose settings or live generation cannot be known is not opened`(sql: String) async throws {
        let corpus = try await damaged(by: sql)
        let error = #expect(throws: CorpusError.self) { try CorpusIndex.open(at: corpus.indexPath) }
        #expect(error?.code == .damaged && error?.isRepairable == false, "\(String(describing: error))")
    }

    @Test(arguments: [
        (
            "DELETE FROM bm25_postings WHERE term = CAST('granit' AS BLOB)", "granite",
            "the term “granit”: all of its postings are missing"
        ),
        ("DELETE FROM chunks WHERE id = (SELECT id FROM chunks WHERE text LIKE '%granite%')", "granite", "chunks, row"),
        ("DELETE FROM documents WHERE key = 'docs/a.md'", "granite", "documents, row of chunk"),
        ("DELETE FROM sources WHERE name = 'docs/a.md'", "granite", "sources, row"),
    ])
    func `a search notices rows that are gone`(sql: String, question: String, words: String) async throws {
        let corpus = try await damaged(by: "PRAGMA foreign_keys = OFF; \(sql)")
        let error = await #expect(throws: CorpusError.self) { try await corpus.search(question, mode: .bm25) }
        #expect(error?.code == .damaged && error?.isRepairable == true)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        // Other searches are as before.
        #expect(try await corpus.search("marble", mode: .bm25).count > 0)
        #expect(try await corpus.search("gravel", mode: .bm25).isEmpty)
    }

    @Test func `a generation waits for the vectors of the chunks that exist, whatever else is in the tables`()
        async throws
    {
        let corpus = try await damaged(by: "SELECT 1")
        let whole = try await corpus.open().generations()
        #expect(whole.map(\.missing) == [0])
        // Chunks under other numbers have no vector, and the vectors belong to no chunk.
        try await editIndex(corpus.indexPath, "UPDATE chunks SET id = id + 500 WHERE id < 3")
        let found = try await corpus.open().generations()
        #expect(found.map(\.missing) == [2] && found[0].vectors == whole[0].vectors - 2)
    }

    @Test func `an embedder that differs in one setting is told which`() async throws {
        let corpus = try await damaged(by: "SELECT 1")
        try await editIndex(
            corpus.indexPath,
            """
            UPDATE generations SET model = json_set(model, '$.embedding.maximumTokens', 7);
            UPDATE generations SET checksum = row_checksum(id, model)
            """)
        let error = #expect(throws: CorpusError.self) {
            try CorpusIndex.open(at: corpus.indexPath).check(corpus.embedder)
        }
        let tokens = corpus.embedder.fingerprint.maximumTokens
        #expect(error?.code == .otherModel && error?.message.contains("maximum tokens “7”, not “\(tokens)”") == true)
        #expect(error?.message.contains("revision") == false)
    }

    @Test func `a filter over metadata that is not JSON names the document, in a file without a list of values`()
        async throws
    {
        let corpus = try await damaged(
            by: "UPDATE documents SET metadata = '[1' WHERE key = 'docs/long.txt'")
        try await DatabaseQueue(path: corpus.indexPath).write { try restoreIndexVersion(3, in: $0) }
        let index = try CorpusIndex.open(at: corpus.indexPath, readOnly: true)
        let filter = Filter.equals("year", "Quarries")
        let listed = await #expect(throws: CorpusError.self) { try await index.documents(matching: filter) }
        #expect(listed?.code == .damaged && listed?.message.contains("documents, row 2, metadata") == true)
        let retriever = try index.retriever(embedder: corpus.embedder)
        let searched = await #expect(throws: CorpusError.self) {
            try await retriever.retrieve(Query("granite", filter: filter), limit: 3)
        }
        #expect(searched?.message.contains("documents, row 2, metadata") == true)
    }

    @Test func `metadata and settings that are too large are refused before they are decoded`() async throws {
        let text = "printf('%.*c', 2000000, 'x')"
        let corpus = try await damaged(
            by: "UPDATE documents SET metadata = json_object('k', \(text)) WHERE key = 'docs/a.md'")
        let error = await #expect(throws: CorpusError.self) {
            try await CorpusIndex.open(at: corpus.indexPath, readOnly: true).documents()
        }
        #expect(
            error?.message.contains("documents, row \"docs/a.md\", metadata: it has 20000") == true,
            "\(String(describing: error))")
        let other = try await damaged(
            by: "UPDATE settings SET value = json_set(value, '$.note', \(text)) WHERE key = 'index'")
        let settings = try #require(throws: CorpusError.self) { try CorpusIndex.open(at: other.indexPath) }
        #expect(settings.message.contains("settings, row \"index\", value: it has 20"), "\(settings)")
    }

    @Test func `an index that has lost its version is damaged, not empty`() async throws {
        let corpus = try await damaged(by: "DELETE FROM grdb_migrations")
        for readOnly in [true, false] {
            let error = try #require(throws: CorpusError.self) {
                try CorpusIndex.open(at: corpus.indexPath, readOnly: readOnly)
            }
            #expect(error.code == .damaged && error.message.contains("grdb_migrations"), "\(error)")
        }
    }

    @Test func `an unknown version that is not a number is damage, not a newer program`() async throws {
        let corpus = try await damaged(by: "INSERT INTO grdb_migrations VALUES ('gravel')")
        let error = try #require(throws: CorpusError.self) { try CorpusIndex.open(at: corpus.indexPath) }
        #expect(error.code == .damaged && error.message.contains("grdb_migrations, row \"gravel\""))
    }

    @Test(arguments: [
        ("DROP TABLE bm25_chunks", "bm25_chunks"), ("DROP TABLE runs", "runs"), ("DROP TABLE quarantine", "quarantine"),
        ("CREATE TRIGGER noise AFTER INSERT ON runs BEGIN DELETE FROM documents; END", "noise"),
        (
            """
            ALTER TABLE chunks RENAME TO old;
            CREATE VIEW chunks AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n
            """, "chunks"
        ),
    ])
    func `a file with other tables, views or triggers is not opened`(sql: String, name: String) async throws {
        let corpus = try await damaged(by: sql)
        for readOnly in [true, false] {
            let error = try #require(throws: CorpusError.self) {
                try CorpusIndex.open(at: corpus.indexPath, readOnly: readOnly)
            }
            #expect(error.code == .damaged && error.message.contains(name), "\(error)")
        }
        #expect(throws: CorpusError.self) { try corpus.open() }
    }

    @Test func `a search that would read a vector with a value that is not a number names its chunk`() async throws {
        // The bits of a NaN and of an infinity.
        for bits in ["0000c07f", "0000807f"] {
            let corpus = try await damaged(by: "UPDATE vectors SET rows = CAST(x'\(bits)' || substr(rows, 5) AS BLOB)")
            for mode in [RetrievalOptions.Mode.vector, .hybrid] {
                let error = await #expect(throws: CorpusError.self) { try await corpus.search("granite", mode: mode) }
                #expect(
                    error?.code == .damaged && error?.message.contains("chunk 1") == true,
                    "\(String(describing: error))")
            }
            #expect(try await corpus.search("granite", mode: .bm25).count == 1)
        }
    }

    @Test(arguments: ["\u{3000}", "\u{2028}\u{2009}", "---\ntitle: Stub\n---\n\u{205F}", "\u{2003}\n\n\u{2029}"])
    func `a file of Unicode blanks leaves an index without problems`(text: String) async throws {
        let corpus = try TestCorpus()
        try corpus.write(text, to: "blank.md")
        try corpus.write("# Something\n", to: "some.md")
        try await corpus.index()
        #expect(try corpus.open().problems() == [])
    }

    @Test func `checksums hold after runs that change, move and remove documents`() async throws {
        let corpus = try TestCorpus()
        for number in 1...4 { try corpus.write("# Note \(number)\n\nOf stone \(number).\n", to: "a/\(number).md") }
        try await corpus.index()
        try corpus.write("# Note 1\n\nOf sand.\n", to: "a/1.md")
        try corpus.folder.move("docs/a/2.md", to: "docs/b/two.md")
        try corpus.folder.remove("docs/a/3.md")
        try await corpus.index()
        #expect(try corpus.open().problems() == [])
        try corpus.folder.move("docs", to: "moved/docs")
        try await corpus.index(["moved/docs"])
        _ = try await corpus.open().removeDocuments(["docs/a/1.md"])
        #expect(try corpus.open().problems() == [])
    }

    @Test func `a source map with overflowing offsets is reported as damage`() async throws {
        // One line, one segment: 2^41 bytes of text per unit, and 2^41 units.
        let large: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0x40]
        let bytes: [UInt8] = [0, 1, 14, 0] + large + [1] + large + [0, 1, 1, 0]
        #expect(SourceMapCodec.decode(bytes) == nil)
        let hexadecimal = bytes.map { String(format: "%02x", $0) }.joined()
        let corpus = try await damaged(by: "UPDATE documents SET source_map = x'\(hexadecimal)'")
        let error = await #expect(throws: CorpusError.self) { try await corpus.search("granite", mode: .bm25) }
        #expect(error?.code == .damaged)
        #expect(try corpus.open().problems().filter { $0.contains("source map") }.count == 2)
    }

    @Test func `source maps survive encoding and decoding`() throws {
        let maps = [
            SourceMap(identityOf: ""), SourceMap(identityOf: "one line"), SourceMap(identityOf: "a\nb\r\nc\n"),
            SourceMap(
                segments: [
                    .init(clean: 0, source: 3, cleanUnit: 2, sourceUnit: 1, count: 40),
                    .init(clean: 80, source: 60, cleanUnit: 1, sourceUnit: 1, count: 1 << 30),
                ], lineStarts: [0, 9, 1 << 30], firstLine: 70_000,
                places: [
                    .init(range: 0..<10, place: .page(3)), .init(range: 12..<20, place: .slide(1)),
                    .init(range: 20..<30, place: .cells(sheet: "Costs", range: "B7:D9")),
                    .init(range: 30..<31, place: .chapter("Глава")), .init(range: 31..<32, place: .message("7")),
                    .init(range: 32..<35, place: .paragraph(2, heading: "Rent")),
                    .init(range: 35..<36, place: .paragraph(300, heading: nil)), .init(range: 36..<38, place: .line(9)),
                    .init(range: 40..<90, place: .time(from: 12.5, to: 30.001)),
                ], base: .text),
        ]
        for map in maps {
            let bytes = SourceMapCodec.encode(map)
            #expect(SourceMapCodec.decode(bytes) == map)
            for range in [0..<1, 3..<9, 79..<81, 85..<100] {
                #expect(SourceMapCodec.decode(bytes, slice: range) == map.slice(range))
            }
            for count in 0..<bytes.count { #expect(SourceMapCodec.decode(Array(bytes.prefix(count))) == nil) }
        }
    }

    @Test func `a part of a long source map equals that part of the whole map, and damage does not crash`() throws {
        var builder = SourceMapBuilder()
        for step in 0..<1_000 {
            builder.append(source: step * 7, cleanUnit: 1 + step % 3, sourceUnit: 1 + step % 2, count: 1 + step % 3)
        }
        var map = builder.build(lineStarts: (0..<700).map { $0 * 10 + $0 % 3 }, firstLine: 5)
        map.places = stride(from: 0, to: builder.cleanCount, by: 90).map {
            .init(range: $0..<min($0 + 90, builder.cleanCount), place: .page($0 / 90))
        }
        let few = SourceMapCodec.encode(map)
        #expect(SourceMapCodec.decode(few) == map)
        // So many that they have a directory.
        map.places = stride(from: 0, to: builder.cleanCount - 4, by: 6).map {
            .init(range: $0..<$0 + 4, place: .cells(sheet: "Costs", range: "A\($0):B\($0)"))
        }
        let bytes = SourceMapCodec.encode(map)
        #expect(SourceMapCodec.decode(bytes) == map)
        for start in stride(from: 0, to: builder.cleanCount - 40, by: 13) {
            #expect(SourceMapCodec.decode(bytes, slice: start..<start + 40) == map.slice(start..<start + 40))
        }
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x91
            let slice = SourceMapCodec.decode(damaged, slice: 1_500..<1_540)
            _ = slice?.sourceRange(of: 0..<40)
            _ = slice?.lines(of: 0..<40)
        }
    }

    @Test func `headings survive encoding and decoding`() {
        for titles in [[], ["One"], ["A:b", "", "3:x", "Глава\u{1F}"]] {
            #expect(StoredHeadings.decode(StoredHeadings.encode(titles)) == titles)
        }
        for damaged in ["x", "3:ab", "-1:", ":", "99999999999999999999:a", "9223372036854775807:a", "1:é"] {
            #expect(StoredHeadings.decode(damaged) == nil, "\(damaged)")
        }
    }

    @Test func `an index of every format and encoding has no problems`() async throws {
        let corpus = try TestCorpus()
        try corpus.write("\u{FEFF}  \n\n# Größe\r\n\r\nSo\u{AD}ft cafe\u{301} text.\r\n\r\n\r\n", to: "a.md")
        try corpus.write("---\ntitle: Front\n---\n\nBody of it.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", to: "b.md")
        try corpus.write("{\"title\": \"Only\", \"text\": \"\"}\n{\"text\": \"  esc\\u00e9 \\n\\n \"}\n", to: "c.jsonl")
        try corpus.folder.write(
            [0xFF, 0xFE] + "Широкий текст.\n\n ".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, to: "docs/d.txt")
        let cyrillic: [UInt8] = Array(repeating: [0xD1, 0xEB, 0xEE, 0xE2, 0xE0, 0x20, 0xE8, 0x0D, 0x0A], count: 60)
            .flatMap { $0 }
        try corpus.folder.write(cyrillic, to: "docs/e.txt")
        let report = try await corpus.index()
        #expect(report.documents >= 5, "\(report.quarantined)")
        #expect(try corpus.open().problems() == [])
    }
}
