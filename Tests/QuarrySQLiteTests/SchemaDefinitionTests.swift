import GRDB
import QuarrySQLite
import Testing

struct SchemaDefinitionTests {
    private static let table = "CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT UNIQUE) STRICT;"

    @Test(arguments: [
        ("CREATE VIEW extra AS SELECT 1", "extra"), ("ALTER TABLE notes ADD COLUMN b TEXT", "notes"),
        ("CREATE TRIGGER noise AFTER INSERT ON notes BEGIN SELECT 1; END", "noise"), ("CREATE TABLE extra(a)", "extra"),
        ("DROP TABLE notes", "notes"), ("CREATE INDEX extra ON notes(text)", "extra"),
        ("DROP TABLE notes; CREATE VIEW notes AS SELECT 1 AS id, '' AS text", "notes"),
    ])
    func `another schema is refused by the name of what differs`(change: String, name: String) throws {
        let definition = try SchemaDefinition { try $0.write { try $0.execute(sql: Self.table) } }
        let queue = try DatabaseQueue()
        try queue.write { try $0.execute(sql: Self.table) }
        try queue.read { try definition.check($0) }
        try queue.write { try $0.execute(sql: change) }
        let error = try #require(throws: StoredValueError.self) { try queue.read { try definition.check($0) } }
        #expect(error.description.contains(name))
    }

    @Test func `the statistics of SQLite are accepted`() throws {
        let definition = try SchemaDefinition { try $0.write { try $0.execute(sql: Self.table) } }
        let queue = try DatabaseQueue()
        try queue.write { try $0.execute(sql: "\(Self.table) INSERT INTO notes VALUES (1, 'a'); ANALYZE") }
        try queue.read { try definition.check($0) }
    }

    private func check(_ other: String, against own: String) throws {
        let definition = try SchemaDefinition { queue in try queue.write { try $0.execute(sql: own) } }
        let queue = try DatabaseQueue()
        try queue.write { try $0.execute(sql: other) }
        try queue.read { try definition.check($0) }
    }

    private let own = "CREATE TABLE shelves(id INTEGER PRIMARY KEY, -- of oak\n name TEXT DEFAULT '--' NOT NULL)"

    @Test(arguments: [
        "CREATE TABLE shelves(id INTEGER PRIMARY KEY, -- of pine, or ash\n name TEXT DEFAULT '--' NOT NULL)",
        "CREATE TABLE shelves(id /* any */ INTEGER PRIMARY KEY,\n\t name TEXT DEFAULT '--' NOT NULL)",
    ])
    func `comments and white space do not make another schema`(sql: String) throws {
        try check(sql, against: own)
    }

    @Test(arguments: ["/*", "/", "--", "'", "\"", "[", "`", "/**/", "/*/", "-"])
    func `a statement may end in the middle of a comment or a text`(end: String) throws {
        let queue = try DatabaseQueue()
        try queue.write { db in
            try db.execute(sql: "\(own); PRAGMA writable_schema = ON")
            try db.execute(sql: "UPDATE sqlite_schema SET sql = sql || ';' || ?", arguments: [end])
        }
        try queue.read { try SchemaDefinition.refusePrograms(in: $0) }
    }

    @Test(arguments: [
        "CREATE TABLE shelves(id INTEGER PRIMARY KEY, name TEXT DEFAULT '- -' NOT NULL)",
        "CREATE TABLE shelves(id INTEGER PRIMARY KEY, name TEXT DEFAULT '--'/* NOT NULL */)",
        "CREATE TABLE shelves(id INTEGER PRIMARY KEY, name TEXT DEFAULT '--' -- NOT NULL\n)",
        "CREATE TABLE shelves(id INTEGER PRIMARY KEY, name TEXT DEFAULT '-- ''' NOT NULL)",
    ])
    func `what SQLite reads differently is another schema`(sql: String) throws {
        let error = try #require(throws: StoredValueError.self) { try check(sql, against: own) }
        #expect(error.place == "shelves")
    }
}
