import Foundation
import GRDB
import QuarryCore
import QuarryReaders
import QuarryTestSupport
import Testing

struct SQLiteReaderTests {
    private static let shop = """
        CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, description TEXT, maker TEXT, price REAL, photo BLOB);
        INSERT INTO products VALUES
            (7, 'Winch', 'Pulls a boat up to four metres long.', 'Haldt & Sons', 129.5, x'FFD8'),
            (9, 'Fender', 'Keeps the hull from the quay wall.', NULL, 14, NULL);
        CREATE TABLE notes (body TEXT);
        INSERT INTO notes VALUES ('Grease the winch in spring.'), ('Fenders go below deck in winter.');
        CREATE VIEW cheap AS SELECT * FROM products WHERE price < 20;
        """

    private func read(
        _ bytes: [UInt8], _ tables: [String], paths: RecordPaths = RecordPaths(), isExplicit: Bool = true,
        limits: SQLiteReader.Limits = .init()
    ) throws -> ReadResult {
        try SQLiteReader(tables: tables, paths: paths, limits: limits)
            .read(Source(id: "shop.sqlite", bytes: bytes, isExplicit: isExplicit))
    }

    // MARK: Rows as documents

    @Test func `a row is a document with the names of its columns, as a row of CSV is`() throws {
        let result = try read(database(Self.shop), ["products"])
        #expect(result.rejected.isEmpty)
        #expect(result.documents.map(\.id) == ["shop.sqlite/products/7", "shop.sqlite/products/9"])
        let winch = try #require(result.documents.first)
        #expect(
            winch.text == """
                | id | name | description | maker | price |
                | --- | --- | --- | --- | --- |
                | 7 | Winch | Pulls a boat up to four metres long. | Haldt & Sons | 129.5 |
                """)
        #expect(result.documents.last?.text.hasPrefix("| id | name | description | price |\n") == true)
        #expect(winch.title == "Winch")
        #expect(
            winch.metadata == [
                "id": 7, "description": "Pulls a boat up to four metres long.", "maker": "Haldt & Sons", "price": 129.5,
            ])
        #expect(winch.allPlaces == [.cells(sheet: "products", range: "row 7")])
        #expect(winch.allPlaces.first?.description == "products!row 7")
        #expect(winch.sourceMap.base == .text)
        #expect(winch.sourceMap.places.map(\.range) == [0..<winch.text.utf8.count])
        #expect(result.warnings.map(\.message) == ["“products”: 1 blob was left out (1 of “photo”)."])
    }

    @Test func `long texts and texts of several lines follow the row as they are`() throws {
        let long = String(repeating: "The jetty is repaired in spring. ", count: 8)
        let bytes = try database(
            """
            CREATE TABLE log (id INTEGER PRIMARY KEY, day TEXT, body TEXT, reply TEXT);
            INSERT INTO log VALUES (1, '2 May | noon', '- rope\n- tar', NULL), (2, NULL, '\(long)', 'Yes.\n\nOn Monday.'),
                (3, NULL, '- oar\n- bailer', NULL);
            """)
        let documents = try read(bytes, ["log"]).documents
        #expect(
            documents.map(\.text) == [
                "| id | day |\n| --- | --- |\n| 1 | 2 May \\| noon |\n\n- rope\n- tar",
                "# body\n\n\(long)\n\n# reply\n\nYes.\n\nOn Monday.", "- oar\n- bailer",
            ])
        #expect(documents.map { $0.metadata.keys.sorted() } == [["day", "id"], ["id"], ["id"]])
    }

    @Test func `a row of many columns is a list of names and values`() throws {
        let names = (1...60).map { "c\($0)" }
        let values = names.map { "'v\($0)'" }.joined(separator: ", ")
        let bytes = try database(
            "CREATE TABLE wide (\(names.joined(separator: ", "))); INSERT INTO wide VALUES (\(values))")
        #expect(try read(bytes, ["wide"]).documents.first?.text.hasPrefix("- c1: vc1\n- c2: vc2\n") == true)
    }

    @Test func `rows of a table without a key are named by their row ids`() throws {
        let result = try read(database(Self.shop), ["NOTES"])
        #expect(result.documents.map(\.id) == ["shop.sqlite/notes/1", "shop.sqlite/notes/2"])
        #expect(result.documents.map(\.text) == ["Grease the winch in spring.", "Fenders go below deck in winter."])
        #expect(result.documents.allSatisfy { $0.title == nil && $0.metadata.isEmpty })
    }

    @Test func `several tables are read in the order of their names on the command`() throws {
        let result = try read(database(Self.shop), ["notes", "products", "Notes"])
        #expect(
            result.documents.map(\.id) == [
                "shop.sqlite/notes/1", "shop.sqlite/notes/2", "shop.sqlite/products/7", "shop.sqlite/products/9",
            ])
    }

    @Test func `paths name the columns of the text, the id and the title`() throws {
        let bytes = try database(
            """
            CREATE TABLE mail (uid TEXT, subject TEXT, body TEXT, footer TEXT);
            INSERT INTO mail VALUES ('m-1', 'Lease', 'It ends in May.', 'This long footer says nothing of use to anybody.');
            INSERT INTO mail VALUES ('m-2', 'Only a subject', NULL, 'The same footer again, for a mail without a body.');
            """)
        let paths = RecordPaths(text: RecordPath("Body"), id: RecordPath("uid"), title: RecordPath("subject"))
        let documents = try read(bytes, ["mail"], paths: paths).documents
        #expect(documents.map(\.id) == ["shop.sqlite/mail/m-1", "shop.sqlite/mail/m-2"])
        #expect(documents.map(\.title) == ["Lease", "Only a subject"])
        #expect(documents.map(\.text) == ["It ends in May.", "Only a subject"])
        #expect(documents.first?.metadata.keys.sorted() == ["footer", "uid"])
    }

    @Test func `paths that name no column of a table leave it as it is`() throws {
        let paths = RecordPaths(text: RecordPath("message.body"), id: RecordPath("uid"))
        #expect(try read(database(Self.shop), ["notes"], paths: paths) == read(database(Self.shop), ["notes"]))
    }

    @Test(arguments: [
        ("CREATE TABLE t (a TEXT, b INTEGER, c TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID", "4,x"),
        ("CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER, c TEXT)", "x"),
        ("CREATE TABLE t (a TEXT, b BLOB PRIMARY KEY, c TEXT)", "4"),
        ("CREATE TABLE t (a TEXT, b INTEGER, \"rowid\" TEXT)", "1"),
        ("CREATE TABLE t (\"rowid\" TEXT, \"oid\" INTEGER, _rowid_ TEXT)", "#1"),
    ])
    func `a row has the name of its key`(table: String, key: String) throws {
        let result = try read(database("\(table); INSERT INTO t VALUES ('x', 4, 'A longer text.')"), ["t"])
        let document = try #require(result.documents.first)
        #expect(document.id == "shop.sqlite/t/\(key)")
        #expect(document.allPlaces == [.cells(sheet: "t", range: "row \(key)")])
    }

    @Test func `two rows with one id are one document and a fault`() throws {
        let bytes = try database(
            "CREATE TABLE t (k TEXT, body TEXT); INSERT INTO t VALUES ('a', 'One.'), ('a', 'Two.')")
        let result = try read(bytes, ["t"], paths: RecordPaths(id: RecordPath("k")))
        #expect(result.documents.map(\.text) == ["| k | body |\n| --- | --- |\n| a | One. |"])
        #expect(result.rejected.map(\.reason) == [.duplicateID])
        #expect(result.rejected.first?.message.contains("“a” occurs twice in “t”") == true)
    }

    @Test func `names with quotes, spaces and Cyrillic letters are read`() throws {
        let bytes = try database(
            #"CREATE TABLE "склад ""А"" [1]" ("имя вещи" TEXT, "a""b" TEXT); INSERT INTO "склад ""А"" [1]" VALUES ('Лебёдка для лодки', 'new')"#
        )
        let document = try #require(try read(bytes, ["СКЛАД \"а\" [1]"]).documents.first)
        #expect(document.text == "| имя вещи | a\"b |\n| --- | --- |\n| Лебёдка для лодки | new |")
        #expect(document.metadata == ["имя вещи": "Лебёдка для лодки", "a\"b": "new"])
    }

    @Test(arguments: ["UTF-8", "UTF-16le", "UTF-16be"]) func `a database of each encoding is read`(encoding: String)
        throws
    {
        let bytes = try database("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('Лодка № 5 🚤')", encoding: encoding)
        #expect(try read(bytes, ["t"]).documents.map(\.text) == ["Лодка № 5 🚤"])
    }

    @Test func `a database with a write-ahead log is read up to its last checkpoint`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("shop.sqlite")
        let pool = try DatabasePool(path: path)
        try pool.write { try $0.execute(sql: Self.shop) }
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try pool.write { try $0.execute(sql: "INSERT INTO notes VALUES ('This is in the log.')") }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(bytes[18] == 2)
        #expect(try read(bytes, ["notes"]).documents.count == 2)
        try pool.close()
    }

    @Test func `the same bytes give the same documents`() throws {
        let bytes = try database(Self.shop)
        #expect(try read(bytes, ["products", "notes"]) == read(bytes, ["products", "notes"]))
    }

    // MARK: What is left out

    @Test func `without a table a file is not read, and its tables are named`() throws {
        let message = "The database has the tables “products”, “notes”."
        let named = try read(database(Self.shop), [])
        #expect(named.documents.isEmpty)
        #expect(named.rejected.map(\.message) == [message])
        let found = try read(database(Self.shop), [], isExplicit: false)
        #expect(found.rejected.isEmpty)
        #expect(found.skipped?.message == message)
    }

    @Test func `a table that does not exist is named with those that do`() throws {
        let none = try read(database(Self.shop), ["product"])
        #expect(
            none.rejected.map(\.message) == [
                "It has no table “product”. The database has the tables “products”, “notes”."
            ])
        let some = try read(database(Self.shop), ["product", "notes"])
        #expect(some.documents.count == 2)
        #expect(some.warnings.map(\.message) == none.rejected.map(\.message))
    }

    @Test func `a view and a virtual table are refused`() throws {
        let bytes = try database(Self.shop + "CREATE VIRTUAL TABLE found USING fts5(body);")
        for (name, kind) in [("cheap", "a view"), ("found", "a virtual table")] {
            let result = try read(bytes, [name])
            #expect(result.documents.isEmpty)
            #expect(result.rejected.first?.message.contains("“\(name)” is \(kind). That is a program") == true)
        }
    }

    @Test func `a view that the schema shows as a table is not run`() throws {
        let bytes = try database(
            Self.shop + """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET type = 'table', rootpage = 2 WHERE name = 'cheap';
                """)
        let result = try read(bytes, ["cheap"])
        #expect(result.documents.isEmpty)
        #expect(!result.rejected.isEmpty)
    }

    @Test func `a computed column is left out, and a stored one is read`() throws {
        let bytes = try database(
            """
            CREATE TABLE t (a TEXT, b TEXT AS (upper(a)) VIRTUAL, c TEXT AS (a || '!') STORED);
            INSERT INTO t (a) VALUES ('rope and more');
            """)
        #expect(
            try read(bytes, ["t"]).documents.map(\.text) == [
                "| a | c |\n| --- | --- |\n| rope and more | rope and more! |"
            ])
    }

    @Test func `a text that is not UTF-8 is named and left out`() throws {
        let bytes = try database(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (3, 'good', CAST(x'CCEEF0E5' AS TEXT))"
        )
        let result = try read(bytes, ["t"])
        #expect(result.documents.map(\.text) == ["| id | a |\n| --- | --- |\n| 3 | good |"])
        #expect(result.warnings.map(\.reason) == [.undecodable])
        #expect(result.warnings.first?.message == "“t”, row 3, “b”: The text is not UTF-8, and is left out.")
    }

    @Test func `rows without text are counted`() throws {
        let bytes = try database(
            "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, ' '), (3, NULL)")
        let result = try read(bytes, ["t"])
        #expect(result.documents.map(\.text) == ["| a | b |\n| --- | --- |\n| 1 | x |"])
        #expect(
            result.warnings.map(\.message) == ["“t”: 2 rows have no text, and are left out; the first is row 2."])
    }

    @Test func `a table without text is empty`() throws {
        let result = try read(database("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)"), ["t"])
        #expect(result.rejected.map(\.reason) == [.empty])
    }

    @Test func `rows, values and text beyond the limits are named`() throws {
        let bytes = try database(
            "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('one'), ('a text of 24 characters'), ('two'), ('three')")
        let rows = try read(bytes, ["t"], limits: .init(rows: 2))
        #expect(rows.documents.count == 2)
        #expect(rows.warnings.first?.message.contains("more than 2 rows") == true)
        let values = try read(bytes, ["t"], limits: .init(value: 10))
        #expect(values.documents.map(\.text) == ["one", "two", "three"])
        #expect(values.warnings.first?.message.contains("more than 10, and is left out") == true)
        let text = try read(bytes, ["t"], limits: .init(text: 20))
        #expect(text.documents.count == 2)
        #expect(text.warnings.first?.message.contains("more than 20 bytes of text") == true)
    }

    @Test func `reading ends at its time limit`() throws {
        let result = try read(database(Self.shop), ["products"], limits: .init(duration: .zero))
        #expect(result.documents.isEmpty)
        #expect(result.rejected.first?.message == "Reading it takes longer than 0 seconds.")
    }

    // MARK: Other files

    @Test func `a file that is not a database is rejected, and one called db is skipped`() throws {
        let bytes = Array("This is an encrypted database, or the thumbnails of a folder.".utf8)
        let named = try read(bytes, ["t"], isExplicit: false)
        #expect(named.rejected.map(\.message) == ["It is not an SQLite database, or it is encrypted."])
        let other = try SQLiteReader().read(Source(id: "Thumbs.db", bytes: bytes, isExplicit: false))
        #expect(other.skipped?.message == named.rejected.first?.message)
        #expect(try read([], ["t"]).rejected.map(\.reason) == [.empty])
    }

    @Test func `a database that is cut off is damaged`() throws {
        let bytes = try database(Self.shop)
        let result = try read(Array(bytes.prefix(bytes.count / 2)), ["products"])
        #expect(result.documents.isEmpty)
        #expect((result.rejected + result.warnings).contains { $0.message.contains("The database is damaged: ") })
    }

    @Test func `changed bytes are no crash, and ranges stay within the text`() throws {
        let rows = (1...60).map {
            "(\($0), 'item \($0)', '\(String(repeating: "rope ", count: $0 * 3))', NULL, \($0), NULL)"
        }
        let bytes = try database(
            Self.shop + "DELETE FROM products; INSERT INTO products VALUES \(rows.joined(separator: ","));")
        var generator = SeededGenerator(seed: 11)
        var read = 0
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<40, using: &generator) {
                let isHeader = Int.random(in: 0..<4, using: &generator) == 0
                let limit = isHeader ? 200 : damaged.count
                damaged[Int.random(in: 16..<limit, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if Int.random(in: 0..<5, using: &generator) == 0 {
                damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
            }
            let result = try self.read(damaged, ["products", "notes"], limits: .init(duration: .seconds(5)))
            read += result.documents.count
            for document in result.documents {
                #expect(document.sourceMap.places.allSatisfy { $0.range.upperBound <= document.text.utf8.count })
            }
            #expect(!result.documents.isEmpty || !result.rejected.isEmpty)
        }
        #expect(read > 0)
    }

    // MARK: In the registry

    @Test func `tables are part of the version, and options of earlier files have none`() throws {
        #expect(SQLiteReader(tables: ["a"]).version != SQLiteReader().version)
        #expect(SQLiteReader(tables: ["a", "b"]).version != SQLiteReader(tables: ["a b"]).version)
        var options = ReadingOptions()
        options.tables = ["notes"]
        let again = try JSONDecoder().decode(ReadingOptions.self, from: JSONEncoder().encode(options))
        #expect(again == options)
        #expect(try JSONDecoder().decode(ReadingOptions.self, from: Data("{}".utf8)).tables.isEmpty)
    }

    @Test(arguments: ["a.sqlite", "a.sqlite3", "a.db", "a.DB3"]) func `a registry reads the tables of its options`(
        name: String
    ) async throws {
        var options = ReadingOptions()
        options.tables = ["notes"]
        let result = try await ReaderRegistry(options).read(Source(id: name, bytes: database(Self.shop)))
        #expect(result.documents.map(\.id) == ["\(name)/notes/1", "\(name)/notes/2"])
        #expect(!ReaderRegistry(options).reads("a.quarry"))
    }

    /// The bytes of a database that statements make.
    private func database(_ sql: String, encoding: String = "UTF-8") throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let path = folder.path("made.sqlite")
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA encoding = '\(encoding)'")
            try db.execute(sql: sql)
        }
        try queue.close()
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
