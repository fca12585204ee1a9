import Foundation
import GRDB
import QuarryChunking
import QuarryCore
import QuarryIndex
import QuarryRetrieval
import QuarryTestSupport
import Testing

/// Random edits of an index file. No edit ends the process, and the doctor finds each one that changes an answer.
///
/// `QUARRY_FUZZ_EDITS` is the number of edits (default 200), `QUARRY_FUZZ_SEED` the number of the first one, and
/// `QUARRY_FUZZ_FLIPS` the number of bits that are flipped in each of two files (default 100).
struct HostileFileTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["QUARRY_FUZZ_EDITS"].flatMap { UInt64($0) } ?? 200
    private static let firstSeed = environment["QUARRY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    /// An index and its answers.
    private struct Original {
        let corpus: TestCorpus
        let bytes: [UInt8]
        let answers: String

        /// - `vectors`: Whether the index has an embedding model.
        init(vectors: Bool = true) async throws {
            corpus = try TestCorpus()
            try corpus.write(
                "---\ntitle: Kiln log\ntags: [clay, fire]\n---\n\n# Firing\n\nThe kiln reached 1240 degrees.\n",
                to: "kiln.md")
            try corpus.write(
                "# Glaze\n\n## Ash\n\nWood ash melts.\n\n| part | grams |\n|---|---|\n| ash | 40 |\n| clay | 35 |\n",
                to: "glaze.md")
            try corpus.write(
                "{\"id\": \"r1\", \"title\": \"Bowl\", \"text\": \"A bowl of clay.\"}\n{\"id\": \"r2\", \"text\": \"Cups dry slowly.\"}\n",
                to: "records.jsonl")
            try corpus.write(
                "Глина сохнет медленно. Печь остывает до утра, и только потом её открывают.\n", to: "печь.txt")
            let sentences = (1...60).map { "Shelf \($0) holds \($0 * 3) pots of clay number \($0 % 7)." }
            try corpus.write(sentences.joined(separator: "\n\n"), to: "shelves.md")
            if vectors {
                try await corpus.index()
            } else {
                let index = try CorpusIndex.openOrCreate(
                    at: corpus.indexPath,
                    settings: IndexSettings(chunking: .init(target: 40, maximum: 60), embedding: nil))
                try await Indexer(index, embedder: nil, counter: WordCounter()).index([.path(corpus.documentsPath)])
            }
            try await DatabaseQueue(path: corpus.indexPath).writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            bytes = Array(try Data(contentsOf: URL(filePath: corpus.indexPath)))
            answers = try await Self.answers(of: CorpusIndex.open(at: corpus.indexPath, readOnly: true), corpus)
        }

        /// Everything that searches say, in words.
        static func answers(of index: CorpusIndex, _ corpus: TestCorpus) async throws -> String {
            var lines: [String] = []
            let hasVectors = index.settings.embedding != nil
            for mode in hasVectors ? [RetrievalOptions.Mode.bm25, .vector, .hybrid] : [.bm25] {
                let embedder = hasVectors ? corpus.embedder : nil
                let retriever = try index.retriever(embedder: embedder, options: RetrievalOptions(mode: mode))
                for question in ["clay pots", "kiln degrees", "печь глина", "ash grams"] {
                    let found = try await retriever.retrieve(Query(question), limit: 8)
                    lines += found.warnings
                    for hit in found.hits {
                        lines.append(
                            "\(hit.id.rawValue) \(hit.score) \(hit.location) \(hit.chunk) \(hit.documentTitle ?? "")")
                    }
                }
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            for filter in [Filter.equals("tags", "clay"), nil] {
                let documents = try await index.documents(matching: filter)
                lines.append(String(decoding: try encoder.encode(documents), as: UTF8.self))
            }
            return lines.joined(separator: "\n")
        }
    }

    @Test(.timeLimit(.minutes(60))) func `random edits never crash, and the doctor finds those that change an answer`()
        async throws
    {
        let original = try await Original()
        #expect(try CorpusIndex.open(at: original.corpus.indexPath, readOnly: true).problems() == [])
        var (changed, refused, unnoticed) = (0, 0, 0)
        for seed in Self.firstSeed..<Self.firstSeed + Self.count {
            if Self.environment["QUARRY_FUZZ_EDITS"] != nil { print("edit \(seed)") }
            var edit = RandomEdit(seed: seed)
            let path = original.corpus.folder.path("edited-\(seed).quarry")
            try edit.write(original.bytes, to: path)
            defer {
                for suffix in ["", "-wal", "-shm", "-lock"] {
                    try? FileManager.default.removeItem(atPath: path + suffix)
                }
            }
            let start = ContinuousClock.now
            let (answers, problems) = await Self.readings(of: path, original.corpus)
            if answers == nil { refused += 1 }
            if answers != original.answers {
                changed += 1
                if problems == [] {
                    unnoticed += 1
                    Issue.record("The doctor does not find edit \(seed): \(edit.description)")
                }
            }
            await Self.indexing(path, original.corpus)
            let time = ContinuousClock.now - start
            #expect(time < .seconds(60), "edit \(seed) takes \(time): \(edit.description)")
        }
        print(
            "\(Self.count) edits: \(changed) change an answer (\(refused) of them to an error), \(unnoticed) unnoticed")
    }

    @Test(.timeLimit(.minutes(60)), arguments: [true, false])
    func `a flipped bit is found by the doctor, is an error or changes no answer, and a repaired file is whole`(
        vectors: Bool
    ) async throws {
        let flips = Self.environment["QUARRY_FUZZ_FLIPS"].flatMap { Int($0) } ?? 100
        let original = try await Original(vectors: vectors)
        var generator = SeededGenerator(seed: Self.firstSeed)
        var (found, refused, silent, repaired) = (0, 0, 0, 0)
        for number in 0..<flips {
            let (place, bit) = (
                Int.random(in: 0..<original.bytes.count, using: &generator), UInt8.random(in: 0...7, using: &generator)
            )
            if Self.environment["QUARRY_FUZZ_FLIPS"] != nil { print("flip \(number): byte \(place), bit \(bit)") }
            var bytes = original.bytes
            bytes[place] ^= 1 << bit
            let path = original.corpus.folder.path("flipped-\(number).quarry")
            try Data(bytes).write(to: URL(filePath: path))
            defer {
                for suffix in ["", "-wal", "-shm", "-lock"] {
                    try? FileManager.default.removeItem(atPath: path + suffix)
                }
            }
            let start = ContinuousClock.now
            let (answers, problems) = await Self.readings(of: path, original.corpus)
            if problems != [] { found += 1 }
            if answers == nil { refused += 1 }
            if let answers, answers != original.answers { silent += 1 }
            #expect(answers == original.answers || problems != [], "byte \(place), bit \(bit)")
            if problems != [], await Self.isRepaired(path, original.corpus, vectors: vectors) { repaired += 1 }
            #expect(ContinuousClock.now - start < .seconds(60), "byte \(place), bit \(bit)")
        }
        print(
            "\(flips) flipped bits: the doctor finds \(found), \(refused) make an answer an error, \(silent) change one; "
                + "\(repaired) repaired")
    }

    /// Whether a repair finds nothing afterwards. A run over the documents then leaves an index without problems.
    private static func isRepaired(_ path: String, _ corpus: TestCorpus, vectors: Bool) async -> Bool {
        guard let index = try? CorpusIndex.open(at: path), let report = try? await index.repair(), report.problems == []
        else { return false }
        do {
            let embedder = vectors ? corpus.embedder : nil
            let indexer = try Indexer(index, embedder: embedder, counter: WordCounter())
            try await indexer.index([.path(corpus.documentsPath)])
            #expect(try index.problems() == [])
        } catch {
            Issue.record("After the repair (\(report)), a run fails: \(error)")
        }
        return true
    }

    /// The answers of an edited file, nil for an error; and what the doctor says, nil if the file cannot be opened.
    private static func readings(of path: String, _ corpus: TestCorpus) async -> (String?, [String]?) {
        guard let index = try? CorpusIndex.open(at: path, readOnly: true) else { return (nil, nil) }
        _ = try? index.summary()
        return (try? await Original.answers(of: index, corpus), try? index.problems())
    }

    /// A run over the documents, of which one has changed.
    private static func indexing(_ path: String, _ corpus: TestCorpus) async {
        guard let index = try? CorpusIndex.open(at: path),
            let indexer = try? Indexer(index, embedder: corpus.embedder, counter: WordCounter())
        else { return }
        let inputs = [IndexInput.path(corpus.documentsPath)]
        _ = try? await indexer.plan(inputs)
        _ = try? await index.removeDocuments(["r1", "docs/glaze.md"])
        _ = try? await indexer.index(inputs)
    }
}

/// One edit of an index file: of a row, of a blob, of the schema, of a page or of bytes.
private struct RandomEdit {
    private var generator: SeededGenerator
    private(set) var description = ""

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func write(_ bytes: [UInt8], to path: String) throws {
        var bytes = bytes
        let kind = pick(10)
        if kind < 3 { damage(&bytes) }
        try Data(bytes).write(to: URL(filePath: path))
        guard kind >= 3 else { return }
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        do {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE")
                switch kind {
                case 3: try editSchema(db)
                case 4, 5: try editLoosely(db)
                default: try editRow(db)
                }
            }
        } catch let error as DatabaseError {
            description += " (\(error.message ?? ""))"
        }
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let page = 8192
        let pages = bytes.count / page
        switch pick(5) {
        case 0:
            let (from, to) = (pick(pages) * page, pick(pages) * page)
            bytes.replaceSubrange(to..<to + page, with: Array(bytes[from..<from + page]))
            description = "page \(from / page) over page \(to / page)"
        case 1:
            let start = pick(pages) * page
            for index in start..<start + page { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
            description = "page \(start / page) random"
        case 2:
            let length = pick(bytes.count)
            bytes.removeSubrange(length...)
            description = "cut to \(length)"
        default:
            for _ in 0...pick(8) {
                let place = pick(bytes.count)
                bytes[place] ^= UInt8(1 << pick(8))
                description += "byte \(place) "
            }
        }
    }

    private mutating func editSchema(_ db: Database) throws {
        let statements = [
            "CREATE TRIGGER noise AFTER INSERT ON runs BEGIN DELETE FROM documents; END",
            "CREATE VIEW extra AS SELECT * FROM chunks", "CREATE TABLE extra(a)",
            "CREATE INDEX extra ON chunks(tokens)",
            "DROP TABLE runs", "DROP TABLE quarantine", "DROP INDEX chunks_by_sha256",
            "ALTER TABLE chunks RENAME TO old; CREATE VIEW chunks AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 1 AS document, i AS ordinal FROM n",
            "ALTER TABLE sources ADD COLUMN extra INTEGER", "PRAGMA user_version = 7", "PRAGMA application_id = 5",
            "DELETE FROM grdb_migrations",
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'documents') WHERE name = 'chunks'",
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE chunks(id)' WHERE name = 'chunks'",
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '')",
        ]
        description = statements[pick(statements.count)]
        try db.execute(sql: description)
    }

    /// Edits a row as if its table were not strict, so that values have the wrong type.
    private mutating func editLoosely(_ db: Database) throws {
        let sql = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%STRICT%'")
        try db.execute(
            sql: """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT, WITHOUT', 'WITHOUT'), ') STRICT', ')');
                PRAGMA writable_schema = RESET;
                """)
        try? editRow(db)
        try db.execute(sql: "PRAGMA writable_schema = ON")
        for row in sql {
            try db.execute(
                sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?",
                arguments: [row["sql"] as String, row["name"] as String])
        }
        try db.execute(sql: "PRAGMA writable_schema = RESET")
    }

    private mutating func editRow(_ db: Database) throws {
        let tables = try String.fetchAll(
            db,
            sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%' ORDER BY name")
        let table = tables[pick(tables.count)]
        let columns = try String.fetchAll(
            db, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid", arguments: [table])
        let column = "\"\(columns[pick(columns.count)])\""
        let key = "\"\(columns[0])\""
        let condition =
            switch pick(4) {
            case 0: "TRUE"
            case 1: "\(key) = (SELECT min(\(key)) FROM \(table))"
            default:
                "\(key) = (SELECT \(key) FROM \(table) ORDER BY \(key) LIMIT 1 OFFSET \(pick(60)) % max(1, (SELECT count(*) FROM \(table))))"
            }
        let values = [
            "NULL", "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "2147483649", "1e300", "0.5", "''",
            "'many'", "x''", "x'ff'", "CAST(x'fffe80' AS TEXT)", "zeroblob(100000)",
            "'[\(String(repeating: "[", count: 3000))'",
            "CAST(\(column) AS TEXT) || 'x'", "\(column) + 1", "-\(column)", "substr(\(column), 2)",
            "'{\"a\": {\"b\": 1e999}}'", "char(0)", "\(column) || char(0) || 'x'",
            "(SELECT \(column) FROM \(table) LIMIT 1 OFFSET \(pick(9)))", "zeroblob(max(1, length(\(column))))",
            "substr(\(column), 1, \(pick(40))) || x'\(String(format: "%02x", pick(256)))' || substr(\(column), \(pick(40) + 2))",
            "CAST(substr(\(column), 1, length(\(column)) / 2) || x'00' || substr(\(column), length(\(column)) / 2 + 2) AS BLOB)",
        ]
        switch pick(8) {
        case 0: description = "DELETE FROM \(table) WHERE \(condition)"
        case 1:
            // Two rows exchange their values.
            let rows = try DatabaseValue.fetchAll(db, sql: "SELECT \(column) FROM \(table) ORDER BY \(key)")
            guard rows.count > 1 else { return }
            let (a, b) = (pick(rows.count), pick(rows.count))
            description = "\(table).\(column): rows \(a) and \(b) exchange their values"
            let keys = try DatabaseValue.fetchAll(db, sql: "SELECT \(key) FROM \(table) ORDER BY \(key)")
            // By way of another value, because the column may be unique.
            let other: DatabaseValue =
                switch rows[a].storage {
                case .int64: (-77).databaseValue
                case .blob: Data("exchanged".utf8).databaseValue
                default: "exchanged".databaseValue
                }
            let update = "UPDATE OR IGNORE \(table) SET \(column) = ? WHERE \(column) IS ? AND \(key) IS ?"
            try db.execute(sql: update, arguments: [other, rows[a], keys[a]])
            try db.execute(sql: update, arguments: [rows[a], rows[b], keys[b]])
            try db.execute(
                sql: "UPDATE OR IGNORE \(table) SET \(column) = ? WHERE \(column) IS ?", arguments: [rows[b], other])
            return
        case 2:
            let list = columns.dropFirst().map { "\"\($0)\"" }.joined(separator: ", ")
            description =
                "INSERT OR IGNORE INTO \(table) SELECT \(values[pick(values.count)].replacing(column, with: key)), \(list) FROM \(table) WHERE \(condition)"
        default: description = "UPDATE \(table) SET \(column) = \(values[pick(values.count)]) WHERE \(condition)"
        }
        try db.execute(sql: description)
    }
}
