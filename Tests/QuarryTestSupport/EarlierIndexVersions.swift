import Foundation
package import GRDB
import QuarryBM25
import QuarryCore
import QuarrySQLite
import QuarryVectorIndex

/// Changes the rows of an index as another program would. The functions of checksums are there.
package func editIndex(_ path: String, _ sql: String) async throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { try RowChecksum.addFunctions(to: $0) }
    try await DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction {
        try $0.execute(sql: sql)
    }
}

/// Turns an index of the current version into one as an earlier version made it.
package func restoreIndexVersion(_ version: Int, in db: Database) throws {
    if version < 9 { try db.execute(sql: "DROP INDEX bm25_terms_by_term") }
    if version < 8 { try restoreModelInSettings(in: db) }
    if version < 7 { try restoreUncheckedPostings(in: db) }
    if version < 7 { try restoreUncheckedValues(in: db) }
    if version < 6 { try restoreFirstVectors(in: db) }
    if version < 5 { try restoreFirstPostings(in: db) }
    if version < 4 { try db.drop(table: "document_values") }
    if version < 3 { try db.drop(table: "unread") }
    if version < 2 { try db.drop(table: "pages") }
    try db.execute(
        sql: "DELETE FROM grdb_migrations WHERE CAST(identifier AS INTEGER) > ?", arguments: [version])
}

/// Puts the model of the live generation into the settings, and removes the other generations.
private func restoreModelInSettings(in db: Database) throws {
    let live = try String.fetchOne(db, sql: "SELECT value FROM settings WHERE key = 'generation'").flatMap { Int64($0) }
    for generation in try VectorTable.generations(in: db) where generation.id != live {
        try VectorTable.removeGeneration(generation.id, in: db)
    }
    let model = try String.fetchOne(db, sql: "SELECT model FROM generations WHERE id = ?", arguments: [live])
    func set(_ key: String, to value: String) throws {
        let row = try Row.fetchOne(db, sql: "SELECT ?, ?", arguments: [key, value])
        let checksum = try row.map { try StoredRow($0, of: "settings").checksum(of: 0..<2) }
        try db.execute(
            sql: "UPDATE settings SET value = ?, checksum = ? WHERE key = ?", arguments: [value, checksum, key])
    }
    let settings = try String.fetchOne(
        db, sql: "SELECT json_patch(value, ifnull(?, '{}')) FROM settings WHERE key = 'index'", arguments: [model])
    if let settings { try set("index", to: settings) }
    if model == nil { try set("generation", to: "1") }
    try db.execute(sql: "DELETE FROM settings WHERE key = 'lastGeneration'")
    try db.drop(table: "generations")
}

/// Puts the vectors into the tables of version 1.
private func restoreFirstVectors(in db: Database) throws {
    let matrices = try VectorTable.generations(in: db).map { generation in
        (generation, try VectorTable.matrix(generation: generation.id, in: db))
    }
    for table in ["vector_codes", "vector_coders", "vectors", "vector_generations"] { try db.drop(table: table) }
    try VectorTable.create(in: db)
    for (generation, matrix) in matrices {
        try VectorTable.createGeneration(generation.id, dimension: generation.dimension, in: db)
        let values = matrix.ids.flatMap { matrix.vector(of: $0) ?? [] }
        try VectorTable.upsert(
            EmbeddingBatch(values: values, dimension: generation.dimension), ids: matrix.ids,
            generation: generation.id, in: db)
    }
}

/// Takes the checksums out of the lexical index, which versions 5 and 6 did not have.
package func restoreUncheckedPostings(in db: Database) throws {
    try db.execute(
        sql: """
            ALTER TABLE bm25_terms RENAME TO later_terms;
            ALTER TABLE bm25_postings RENAME TO later_postings;
            ALTER TABLE bm25_lengths RENAME TO later_lengths;
            ALTER TABLE bm25_statistics RENAME TO later_statistics;
            CREATE TABLE bm25_terms (id INTEGER PRIMARY KEY, term BLOB NOT NULL) STRICT;
            CREATE TABLE bm25_postings (
                term BLOB NOT NULL, first INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,
                PRIMARY KEY (term, first)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE bm25_lengths (block INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
            CREATE TABLE bm25_statistics (
                chunks INTEGER NOT NULL, title INTEGER NOT NULL, heading INTEGER NOT NULL, body INTEGER NOT NULL,
                checksum INTEGER NOT NULL
            ) STRICT;
            INSERT INTO bm25_terms SELECT id, term FROM later_terms;
            INSERT INTO bm25_postings SELECT term, first, number, data FROM later_postings;
            INSERT INTO bm25_lengths SELECT block, data FROM later_lengths;
            INSERT INTO bm25_statistics SELECT chunks, title, heading, body, checksum FROM later_statistics;
            DROP TABLE later_terms; DROP TABLE later_postings; DROP TABLE later_lengths; DROP TABLE later_statistics;
            """)
}

/// Takes the checksums out of the values of metadata.
private func restoreUncheckedValues(in db: Database) throws {
    try db.execute(
        sql: """
            CREATE TABLE earlier_values AS SELECT key, value, document FROM document_values;
            DROP TABLE document_values;
            CREATE TABLE document_values(
                key TEXT NOT NULL,
                value ANY NOT NULL,             -- a text or a number; 1 and 0 for true and false
                document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
                PRIMARY KEY (key, value, document)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX document_values_by_document ON document_values(document);
            INSERT INTO document_values SELECT key, value, document FROM earlier_values;
            DROP TABLE earlier_values;
            """)
}

/// Puts the postings of version 5 into the tables of version 1.
package func restoreFirstPostings(in db: Database) throws {
    let totals = try BM25Table.statistics(in: db)
    let contents = try [
        ("bm25_terms", "id, term"), ("bm25_lengths", "*"), ("bm25_chunks", "*"),
        ("bm25_postings", "number, first, data"),
    ].map { table, columns in
        (table, try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(table)").map { Array($0.databaseValues) })
    }
    for table in ["bm25_statistics"] + contents.map(\.0) { try db.drop(table: table) }
    try BM25Table.createFirstFormat(in: db)
    for (table, rows) in contents {
        for var values in rows {
            if table == "bm25_postings", let start = Int64.fromDatabaseValue(values[1]),
                let data = Data.fromDatabaseValue(values[2])
            {
                values[2] =
                    firstEncoding(of: try data.withUnsafeBytes { try PostingBlock(first: start, decoding: $0) })
                    .databaseValue
            }
            let marks = values.map { _ in "?" }.joined(separator: ", ")
            try db.execute(sql: "INSERT INTO \(table) VALUES (\(marks))", arguments: StatementArguments(values))
        }
    }
    try db.execute(
        sql: "UPDATE bm25_statistics SET chunks = ?, title = ?, heading = ?, body = ?",
        arguments: [totals.chunks, totals.title, totals.heading, totals.body])
}

/// A block of postings as version 1 wrote it.
private func firstEncoding(of block: PostingBlock) -> Data {
    func varint(_ number: UInt64) -> [UInt8] {
        number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
    }
    var bytes = varint(UInt64(block.range.level)) + varint(UInt64(block.postings.count))
    var next = block.range.first
    for posting in block.postings {
        let counts = posting.counts
        bytes += varint(UInt64(posting.chunk - next))
        bytes += varint(UInt64(counts.body) << 2 | (counts.heading > 0 ? 2 : 0) | (counts.title > 0 ? 1 : 0))
        if counts.title > 0 { bytes += varint(UInt64(counts.title)) }
        if counts.heading > 0 { bytes += varint(UInt64(counts.heading)) }
        next = posting.chunk &+ 1
    }
    return Data(bytes)
}
