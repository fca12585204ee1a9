import Foundation
import GRDB
import QuarrySQLite
import QuarryTestSupport
import Testing

/// A log beside a file that it does not belong to.
struct LogTieTests {
    private static let id: Int32 = 0x7E57_0001
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ name: String, readOnly: Bool = false) throws -> DatabasePool {
        try SQLiteFile.openPool(at: folder.path(name), readOnly: readOnly, applicationID: Self.id)
    }

    private func write(_ text: String, to pool: DatabasePool) throws {
        try pool.write { db in
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS t(x)")
            try db.execute(sql: "INSERT INTO t VALUES (?)", arguments: [text])
            try SQLiteFile.setApplicationID(Self.id, in: db)
            try LogTie.renew(in: db)
        }
    }

    private func rows(_ name: String, readOnly: Bool) throws -> [String] {
        try open(name, readOnly: readOnly).read { try String.fetchAll($0, sql: "SELECT x FROM t ORDER BY rowid") }
    }

    private func copy(_ from: String, to target: String) throws {
        try Data(contentsOf: folder.url.appendingPathComponent(from)).write(
            to: folder.url.appendingPathComponent(target))
    }

    /// A closed file with a row.
    private func file(_ name: String, _ text: String) throws {
        let pool = try open(name)
        try write(text, to: pool)
        try pool.close()
    }

    /// A file with its log, as a killed process leaves them. The file itself has the first `merged` of three rows.
    private func killed(_ name: String, merged: Int = 0) throws {
        let pool = try open("running.db")
        for number in 1...3 {
            try write("killed \(number)", to: pool)
            if number == merged { try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
        }
        try copy("running.db", to: name)
        try copy("running.db-wal", to: name + "-wal")
        try pool.close()
        try folder.remove("running.db")
    }

    @Test(arguments: [true, false]) func `a new file over the log of a killed process is refused by name`(
        readOnly: Bool
    ) throws {
        try file("new.db", "new")
        try killed("i.db")
        try copy("new.db", to: "i.db")
        let error = #expect(throws: SQLiteFileError.self) { try open("i.db", readOnly: readOnly) }
        #expect(error?.code == .foreignLog)
        #expect(error?.description.contains("i.db-wal belongs to another file") == true)
        let (log, new) = (folder.url.appendingPathComponent("i.db-wal"), folder.url.appendingPathComponent("new.db"))
        #expect(try Data(contentsOf: folder.url.appendingPathComponent("i.db")) == Data(contentsOf: new))
        #expect(try !Data(contentsOf: log).isEmpty)
        try folder.remove("i.db-wal")
        #expect(try rows("i.db", readOnly: readOnly) == ["new"])
    }

    @Test(arguments: [0, 1, 2]) func `the log of a killed process is applied to its own file`(merged: Int) throws {
        try killed("i.db", merged: merged)
        #expect(try rows("i.db", readOnly: false) == ["killed 1", "killed 2", "killed 3"])
        try write("more", to: open("i.db"))
        #expect(try rows("i.db", readOnly: true).count == 4)
    }

    @Test func `a later copy of a file does not fit the log of the original`() throws {
        try file("a.db", "first")
        try copy("a.db", to: "copy.db")
        try write("second", to: open("copy.db"))
        let pool = try open("a.db")
        try write("other", to: pool)
        try copy("a.db-wal", to: "log")
        try pool.close()
        try copy("copy.db", to: "b.db")
        try copy("log", to: "b.db-wal")
        let error = #expect(throws: SQLiteFileError.self) { try open("b.db") }
        #expect(error?.code == .foreignLog)
    }

    @Test func `readers that open while a process writes and merges its log are never refused`() async throws {
        try file("i.db", "first")
        let pool = try open("i.db")
        let writing = Task.detached {
            for number in 1...400 {
                try write("row \(number)", to: pool)
                if number.isMultiple(of: 7) { _ = try await SQLiteFile.mergeLog(pool) }
            }
        }
        var opened = 0
        repeat {
            #expect(try !rows("i.db", readOnly: true).isEmpty)
            opened += 1
        } while opened < 60
        try await writing.value
    }

    @Test func `a log beside a new file is not applied`() throws {
        try killed("i.db")
        try folder.remove("i.db")
        try file("i.db", "new")
        #expect(try rows("i.db", readOnly: true) == ["new"])
    }
}
