import Foundation
import GRDB
import Quarry
import QuarryCore
import QuarrySession
import QuarryTestSupport
import Testing

@Suite struct AnswerStoreTests {
    private func key(_ number: Int) -> [UInt8] { Array("key \(number)".utf8) }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `a reply is found again, even after the file was closed`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache/answers.sqlite")
        let reply = AnswerStore.Reply(text: "Ответ. 🥐", usage: TokenUsage(input: 12, output: 3, cachedInput: 4))
        do {
            let store = try AnswerStore(path: path)
            #expect(try await store.reply(for: key(1)) == nil)
            try await store.store(reply, for: key(1))
            try await store.store(.init(text: "no usage"), for: key(2))
        }
        let store = try AnswerStore(path: path)
        #expect(try await store.reply(for: key(1)) == reply)
        #expect(try await store.reply(for: key(2))?.usage == nil)
        try await store.store(.init(text: "later"), for: key(1))
        #expect(try await store.reply(for: key(1))?.text == "later")
        let statistics = try await store.statistics()
        #expect(statistics.replies == 2 && statistics.hits == 3 && statistics.misses == 1)
    }

    @Test func `only the owner can read the file and its folder`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("cache/answers.sqlite")
        let store = try AnswerStore(path: path)
        try await store.store(.init(text: "secret"), for: key(1))
        #expect(try mode(path) == 0o600 && mode(folder.path("cache")) == 0o700)
        #expect(try mode(path + "-wal") == 0o600)
        chmod(path, 0o644)
        _ = try AnswerStore(path: path)
        #expect(try mode(path) == 0o600)
    }

    @Test func `the file does not contain keys in plain text`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers.sqlite")
        try await AnswerStore(path: path).store(.init(text: "reply"), for: Array("a private prompt".utf8))
        for suffix in ["", "-wal"] {
            guard let data = FileManager.default.contents(atPath: path + suffix) else { continue }
            #expect(data.range(of: Data("a private prompt".utf8)) == nil)
        }
    }

    @Test(arguments: [
        "UPDATE replies SET text = CAST(x'ff' AS TEXT)", "UPDATE replies SET text = x'ff'",
        "UPDATE replies SET input = 'x'",
        "UPDATE replies SET output = -5", "UPDATE replies SET input = 1e300", "UPDATE questions SET vector = x'01'",
        "UPDATE questions SET vector = x'0000c07f0000c07f'", "UPDATE questions SET question = CAST(x'fe' AS TEXT)",
        "UPDATE questions SET vector = 'x'", "UPDATE totals SET bytes = 9223372036854775807",
        "UPDATE totals SET hits = 'x'",
        "DELETE FROM totals", "UPDATE replies SET digest = 'x' WHERE rowid = 1",
        "UPDATE replies SET used = 9223372036854775807 WHERE rowid = 1",
        "DROP TABLE questions", "ALTER TABLE replies RENAME TO r; CREATE VIEW replies AS SELECT * FROM r",
        "CREATE TRIGGER t AFTER UPDATE ON totals BEGIN DELETE FROM replies; END",
    ])
    func `damaged rows are errors or unknown, and never end the process`(damage: String) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers.sqlite")
        let scope: [UInt8] = [1]
        do {
            let store = try AnswerStore(path: path, maximumBytes: 2_000)
            let usage = TokenUsage(input: 1, output: 1, cachedInput: 0)
            try await store.store(.init(text: "kept", usage: usage), for: key(1))
            try await store.store(.init(text: "near", usage: usage), to: "How far?", vector: [1, 0], in: scope)
        }
        try await DatabaseQueue(path: path).writeWithoutTransaction { db in
            // As if the tables were not strict: a file can hold what no statement writes.
            let tables = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%STRICT%'")
            try db.execute(
                sql: """
                    PRAGMA foreign_keys = OFF;
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')');
                    PRAGMA writable_schema = RESET;
                    \(damage);
                    PRAGMA writable_schema = ON;
                    """)
            for table in tables {
                try db.execute(
                    sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ? AND type = 'table'",
                    arguments: [table["sql"] as String, table["name"] as String])
            }
            try db.execute(sql: "PRAGMA writable_schema = RESET")
        }
        guard let store = try? AnswerStore(path: path, maximumBytes: 2_000) else { return }
        // A reply that is still returned must be the stored one.
        if let reply = try? await store.reply(for: key(1)) { #expect(reply.text == "kept") }
        if let similar = try? await store.similarReply(to: [1, 0], in: scope, atLeast: 0.5) {
            #expect(similar.reply.text == "near" && similar.similarity.isFinite)
        }
        _ = try? await store.statistics()
        for number in 2...20 { try? await store.store(.init(text: "more"), for: key(number)) }
    }

    @Test func `the least recently used replies are removed at the limit`() async throws {
        let folder = try TemporaryFolder()
        let store = try AnswerStore(path: folder.path("answers.sqlite"), maximumBytes: 5_000)
        let text = String(repeating: "x", count: 1_000)
        for number in 0..<4 { try await store.store(.init(text: text), for: key(number)) }
        #expect(try await store.reply(for: key(0)) != nil)
        for number in 4..<6 { try await store.store(.init(text: text), for: key(number)) }
        #expect(try await store.reply(for: key(0)) != nil)
        #expect(try await store.reply(for: key(1)) == nil)
        #expect(try await store.reply(for: key(2)) == nil)
        #expect(try await store.reply(for: key(5)) != nil)
        #expect(try await store.statistics().bytes <= 5_000)
        try await store.store(.init(text: String(repeating: "y", count: 9_000)), for: key(9))
        #expect(try await store.reply(for: key(9)) == nil)
        #expect(try await store.reply(for: key(5)) != nil)
    }

    @Test func `totals match the rows after any sequence of calls`() async throws {
        let folder = try TemporaryFolder()
        let store = try AnswerStore(path: folder.path("answers.sqlite"), maximumBytes: 4_000)
        var kept: [Int: String] = [:]
        var state: UInt64 = 7
        for _ in 0..<400 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Int(state >> 33) % 12
            if state >> 60 < 8 {
                let text = String(repeating: "t", count: Int(state >> 40) % 600)
                try await store.store(.init(text: text), for: key(number))
                kept[number] = text
            } else if let reply = try await store.reply(for: key(number)) {
                #expect(reply.text == kept[number])
            }
        }
        var replies = 0
        var bytes = 0
        for number in 0..<12 {
            guard let reply = try await store.reply(for: key(number)) else { continue }
            replies += 1
            bytes += reply.text.utf8.count + 160
        }
        let statistics = try await store.statistics()
        #expect(statistics.replies == replies && statistics.bytes == bytes && bytes <= 4_000)
    }

    @Test func `two stores of one file write concurrently`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers.sqlite")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let store = try AnswerStore(path: path)
                    for number in 0..<25 {
                        try await store.store(.init(text: "\(writer)"), for: Array("\(writer)/\(number)".utf8))
                        _ = try await store.reply(for: Array("\(3 - writer)/\(number)".utf8))
                    }
                }
            }
            try await group.waitForAll()
        }
        let statistics = try await AnswerStore(path: path).statistics()
        #expect(statistics.replies == 100 && statistics.hits + statistics.misses == 100)
    }

    @Test func `clearing deletes all replies and frees the space`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("answers.sqlite")
        let store = try AnswerStore(path: path)
        for number in 0..<200 {
            try await store.store(.init(text: String(repeating: "long ", count: 800)), for: key(number))
        }
        try await store.clear()
        #expect(try await store.reply(for: key(7)) == nil)
        let statistics = try await store.statistics()
        #expect(statistics.replies == 0 && statistics.bytes == 0 && statistics.hits == 0)
    }

    @Test func `another program's file is not changed, and the error has the next step`() throws {
        let folder = try TemporaryFolder()
        try folder.write("this is no database, it only stands here to be long enough for a header of one", to: "text")
        #expect {
            try AnswerStore(path: folder.path("text"))
        } throws: { error in
            "\(error)".contains(folder.path("text")) && "\(error)".contains("turn the cache off")
        }
        _ = try CorpusIndex.openOrCreate(at: folder.path("index.quarry"), settings: IndexSettings(embedding: nil))
        #expect(throws: AnswerStoreError.self) { try AnswerStore(path: folder.path("index.quarry")) }
    }

    @Test func `the nearest similar question within its scope is found`() async throws {
        let folder = try TemporaryFolder()
        let store = try AnswerStore(path: folder.path("answers.sqlite"))
        let scope = Array("index 7, model m".utf8)
        try await store.store(.init(text: "far"), to: "Where?", vector: [0, 1], in: scope)
        try await store.store(.init(text: "near"), to: "Who signs?", vector: [1, 0], in: scope)
        try await store.store(.init(text: "elsewhere"), to: "Who?", vector: [0.6, 0.8], in: Array("index 8".utf8))
        try await store.store(.init(text: "other length"), to: "Who is it?", vector: [1, 0, 0], in: scope)
        let found = try #require(await store.similarReply(to: [0.96, 0.28], in: scope, atLeast: 0.95))
        #expect(found.reply.text == "near" && found.question == "Who signs?" && abs(found.similarity - 0.96) < 1e-6)
        #expect(try await store.similarReply(to: [0.6, 0.8], in: scope, atLeast: 0.95) == nil)
        #expect(try await store.similarReply(to: [0.6, 0.8], in: Array("index 9".utf8), atLeast: 0.5) == nil)
        try await store.store(.init(text: "newer"), to: "Who signs?", vector: [1, 0], in: scope)
        #expect(try await store.similarReply(to: [1, 0], in: scope, atLeast: 0.95)?.reply.text == "newer")
        #expect(try await store.statistics().replies == 4)
    }
}
