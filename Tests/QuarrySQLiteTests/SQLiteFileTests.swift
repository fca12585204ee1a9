import Foundation
import GRDB
import QuarrySQLite
import QuarryTestSupport
import Synchronization
import Testing

@Suite struct SQLiteFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a new file is in WAL mode with large pages and checked foreign keys on every connection`() throws {
        let pool = try SQLiteFile.openPool(at: folder.path("a.quarry"))
        let check = { @Sendable (db: Database) throws -> Void in
            #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            #expect(try Int.fetchOne(db, sql: "PRAGMA page_size") == SQLiteFile.pageSize)
            #expect(try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
            #expect(try Int.fetchOne(db, sql: "PRAGMA busy_timeout") == 30_000)
            #expect(try Int.fetchOne(db, sql: "PRAGMA secure_delete") == 1)
        }
        try pool.write(check)
        try pool.read(check)
    }

    @Test func `written rows are there after reopening, for writers and readers`() throws {
        let path = folder.path("a.quarry")
        try SQLiteFile.openPool(at: path).write { db in
            try db.execute(sql: "CREATE TABLE t(x); INSERT INTO t VALUES (7)")
            try SQLiteFile.setApplicationID(0x5155_5259, in: db)
            try SQLiteFile.setUserVersion(3, in: db)
        }
        for readOnly in [true, false] {
            let pool = try SQLiteFile.openPool(at: path, readOnly: readOnly)
            try pool.read { db throws -> Void in
                #expect(try Int.fetchOne(db, sql: "SELECT x FROM t") == 7)
                #expect(try SQLiteFile.applicationID(in: db) == 0x5155_5259)
                #expect(try SQLiteFile.userVersion(in: db) == 3)
            }
        }
    }

    @Test func `a read-only pool rejects writes`() throws {
        let path = folder.path("a.quarry")
        try SQLiteFile.openPool(at: path).write { try $0.execute(sql: "CREATE TABLE t(x)") }
        let pool = try SQLiteFile.openPool(at: path, readOnly: true)
        #expect(throws: DatabaseError.self) { try pool.write { try $0.execute(sql: "INSERT INTO t VALUES (1)") } }
    }

    @Test func `reading a missing file is an error and creates nothing`() throws {
        let error = #expect(throws: SQLiteFileError.self) {
            _ = try SQLiteFile.openPool(at: folder.path("absent.quarry"), readOnly: true)
        }
        #expect(error?.code == .notFound)
        #expect(try folder.contents().isEmpty)
    }

    @Test func `an empty file can be written to but not read from`() throws {
        let path = folder.path("a.quarry")
        try Data().write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: SQLiteFileError.self) { try SQLiteFile.openPool(at: path, readOnly: true) }
        #expect(error?.code == .empty)
        try SQLiteFile.openPool(at: path).write { try $0.execute(sql: "CREATE TABLE t(x)") }
        #expect(try SQLiteFile.openPool(at: path, readOnly: true).read { try $0.tableExists("t") })
    }

    @Test(arguments: [3, 700, 20_000]) func `a file that is not a database is rejected and unchanged`(
        size: Int
    ) throws {
        let path = folder.path("notes.txt")
        let text = Data(repeating: UInt8(ascii: "x"), count: size)
        try text.write(to: URL(fileURLWithPath: path))
        for readOnly in [true, false] {
            let error = #expect(throws: SQLiteFileError.self) {
                _ = try SQLiteFile.openPool(at: path, readOnly: readOnly)
            }
            #expect(error?.code == .notADatabase)
            #expect(error?.description.contains(path) == true)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
        #expect(try folder.contents() == ["notes.txt"])
    }

    @Test func `a database of another program is rejected before a byte of it changes`() throws {
        for id in [0, 0x0B5E_55ED] as [Int32] {
            let path = folder.path("other-\(id).db")
            let queue = try DatabaseQueue(path: path)
            try queue.write { db in
                try db.execute(sql: "CREATE TABLE theirs(x)")
                try SQLiteFile.setApplicationID(id, in: db)
            }
            try queue.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let contents = try folder.contents()
            let error = #expect(throws: SQLiteFileError.self) {
                _ = try SQLiteFile.openPool(at: path, applicationID: 0x5155_5259)
            }
            #expect(error?.code == .otherProgram)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            #expect(try folder.contents() == contents)
        }
    }

    @Test func `an own file and an empty database are opened for writing`() throws {
        let path = folder.path("own.quarry")
        for _ in 1...2 {
            try SQLiteFile.openPool(at: path, applicationID: 0x5155_5259).write { db in
                try SQLiteFile.setApplicationID(0x5155_5259, in: db)
                try db.execute(sql: "CREATE TABLE IF NOT EXISTS t(x)")
            }
        }
        _ = try SQLiteFile.openPool(at: folder.path("blank.quarry"))
        _ = try SQLiteFile.openPool(at: folder.path("blank.quarry"), applicationID: 0x5155_5259)
    }

    @Test func `a folder and a file in a missing folder are rejected with their paths`() throws {
        let folderError = #expect(throws: SQLiteFileError.self) { try SQLiteFile.openPool(at: folder.path) }
        #expect(folderError?.code == .isFolder)
        let absent = #expect(throws: SQLiteFileError.self) { try SQLiteFile.openPool(at: folder.path("no/a.quarry")) }
        #expect(absent?.code == .cannotOpen)
    }

    @Test func `special SQLite names are plain file names`() throws {
        for name in [":memory:", "file:a?mode=memory", "100% #1.quarry"] {
            try SQLiteFile.openPool(at: folder.path(name)).write { try $0.execute(sql: "CREATE TABLE t(x)") }
            #expect(try SQLiteFile.openPool(at: folder.path(name), readOnly: true).read { try $0.tableExists("t") })
        }
        #expect(try Set(folder.contents()).isSuperset(of: [":memory:", "file:a?mode=memory", "100% #1.quarry"]))
    }

    /// Needs an ordinary user, because permissions do not apply to root.
    @Test(.enabled(if: geteuid() != 0)) func `a file in a read-only folder can be read`() throws {
        let path = folder.path("a.quarry")
        try SQLiteFile.openPool(at: path).write { try $0.execute(sql: "CREATE TABLE t(x); INSERT INTO t VALUES (7)") }
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        let before = try folder.contents()
        let pool = try SQLiteFile.openPool(at: path, readOnly: true)
        #expect(try pool.read { try Int.fetchOne($0, sql: "SELECT x FROM t") } == 7)
        #expect(try folder.contents() == before)
        #expect(throws: SQLiteFileError.self) { try SQLiteFile.openPool(at: path) }
    }

    @Test func `concurrent openings of a new file are never locked out`() throws {
        let path = folder.path("a.quarry")
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { writer in
            do {
                let pool = try SQLiteFile.openPool(at: path)
                for row in 0..<8 {
                    try pool.write { db in
                        try db.execute(sql: "CREATE TABLE IF NOT EXISTS t(writer, row)")
                        try db.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [writer, row])
                    }
                    _ = try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let pool = try SQLiteFile.openPool(at: path, readOnly: true)
        #expect(try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM t") } == 128)
    }

    @Test func `an intact file has no problems, a dangling reference and a damaged page are found`() throws {
        let path = folder.path("a.quarry")
        var pool = try SQLiteFile.openPool(at: path)
        try pool.writeWithoutTransaction { db throws -> Void in
            try db.execute(
                sql: """
                    CREATE TABLE parents(id INTEGER PRIMARY KEY);
                    CREATE TABLE children(parent INTEGER REFERENCES parents(id), note TEXT);
                    CREATE INDEX notes ON children(note);
                    """)
            #expect(try SQLiteFile.integrityProblems(in: db) == [])
            try db.execute(sql: "PRAGMA foreign_keys = OFF; INSERT INTO children VALUES (7, 'stray')")
            for row in 0..<2000 {
                try db.execute(sql: "INSERT INTO children VALUES (NULL, ?)", arguments: ["note \(row)"])
            }
            for quick in [true, false] {
                let problems = try SQLiteFile.integrityProblems(in: db, quick: quick)
                #expect(problems == ["children: row 1 refers to a row of parents that does not exist"])
            }
        }
        try pool.close()

        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: UInt64(SQLiteFile.pageSize * 5))
        try handle.write(contentsOf: Data(repeating: 0x5A, count: SQLiteFile.pageSize))
        try handle.close()
        pool = try SQLiteFile.openPool(at: path, readOnly: true)
        #expect(try pool.unsafeRead { try SQLiteFile.integrityProblems(in: $0) }.isEmpty == false)
    }
}
