import GRDB
import QuarryBM25
import QuarrySQLite
import QuarryVectorIndex

/// The tables of the corpus. The engines have their own tables in the same file.
enum Schema {
    /// "QRRY": marks a SQLite file as a Quarry index.
    static let applicationID: Int32 = 0x5152_5259

    /// Every format so far, oldest first; each changes a file from the format before to its own.
    ///
    /// - Parameter fill: Completes a new file: what depends on its settings.
    static func migrator(fill: @escaping @Sendable (Database) throws -> Void) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try create(in: db)
            try fill(db)
        }
        migrator.registerMigration("2", foreignKeyChecks: .immediate) { db in
            try createPages(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("3", foreignKeyChecks: .immediate) { db in
            try createUnread(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("4", foreignKeyChecks: .immediate) { db in
            try MetadataTable.create(in: db)
            try MetadataTable.fill(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("5", foreignKeyChecks: .immediate) { db in
            try BM25Table.upgrade(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("6", foreignKeyChecks: .immediate) { db in
            try VectorTable.upgrade(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("7", foreignKeyChecks: .immediate) { db in
            try BM25Table.addChecksums(in: db)
            try MetadataTable.addChecksums(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("8", foreignKeyChecks: .immediate) { db in
            try GenerationTable.create(in: db)
            try LogTie.renew(in: db)
        }
        migrator.registerMigration("9", foreignKeyChecks: .immediate) { db in
            try BM25Table.indexTerms(in: db)
            try LogTie.renew(in: db)
        }
        return migrator
    }

    private static func create(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE settings(
                    key TEXT PRIMARY KEY,
                    value TEXT NOT NULL,
                    checksum INTEGER NOT NULL       -- of the other columns, as in all tables of CheckedTable
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE sources(
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,      -- as cited: docs/guide.md
                    root TEXT,                      -- absolute path of the root it was found under; NULL without a file
                    path TEXT,                      -- absolute
                    size INTEGER NOT NULL,          -- bytes
                    modified INTEGER NOT NULL,      -- ctime, nanoseconds since 1970
                    sha256 BLOB,                    -- NULL until every document of it is committed
                    reader TEXT NOT NULL,           -- the version of the reader that read it: markdown/2
                    checksum INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX sources_by_root ON sources(root);
                CREATE UNIQUE INDEX sources_by_path ON sources(path);

                CREATE TABLE documents(
                    id INTEGER PRIMARY KEY,
                    key TEXT NOT NULL UNIQUE,
                    source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
                    title TEXT,
                    language TEXT,
                    metadata TEXT NOT NULL,         -- JSON object
                    links TEXT NOT NULL,            -- JSON array
                    sha256 BLOB NOT NULL,           -- of id, title, metadata and cleaned text
                    source_map BLOB NOT NULL,
                    chunks INTEGER NOT NULL,        -- how many it has
                    checksum INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX documents_by_source ON documents(source);

                CREATE TABLE chunks(
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
                    ordinal INTEGER NOT NULL,
                    start INTEGER NOT NULL,         -- UTF-8 offsets into the cleaned text
                    "end" INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    separator TEXT NOT NULL,        -- cleaned text between this chunk and the next
                    headings TEXT NOT NULL,         -- as StoredHeadings writes them
                    table_header TEXT,
                    tokens INTEGER NOT NULL,
                    sha256 BLOB NOT NULL,           -- of the text that is embedded
                    checksum INTEGER NOT NULL,
                    UNIQUE(document, ordinal)
                ) STRICT;
                CREATE INDEX chunks_by_sha256 ON chunks(sha256);

                CREATE TABLE languages(
                    language TEXT PRIMARY KEY,      -- ISO 639-1
                    documents INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE quarantine(
                    source TEXT NOT NULL,
                    root TEXT,                      -- absolute path of the root it was found under
                    line INTEGER,
                    reason TEXT NOT NULL,
                    message TEXT NOT NULL,
                    model TEXT,                     -- the model that could not use the source
                    omitted INTEGER,                -- the number of further records, not listed; or NULL
                    checksum INTEGER NOT NULL
                ) STRICT;

                CREATE TABLE roots(
                    path TEXT PRIMARY KEY,          -- absolute
                    name TEXT NOT NULL UNIQUE,      -- what the names of its sources begin with
                    checksum INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE refused_documents(
                    source TEXT NOT NULL,           -- its name
                    key TEXT NOT NULL,              -- that a document of another source has
                    checksum INTEGER NOT NULL,
                    PRIMARY KEY (source, key)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE refused_texts(         -- passages without a vector, because the model rejects them
                    chunk INTEGER NOT NULL REFERENCES chunks(id) ON DELETE CASCADE,
                    generation INTEGER NOT NULL,
                    message TEXT NOT NULL,
                    checksum INTEGER NOT NULL,
                    PRIMARY KEY (chunk, generation)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE runs(
                    id INTEGER PRIMARY KEY,
                    finished TEXT NOT NULL,         -- ISO 8601, UTC
                    report TEXT NOT NULL,           -- counts, as a JSON object
                    checksum INTEGER NOT NULL
                ) STRICT;
                """)
        try RetiredVectors.create(in: db)
    }

    /// What a server said about the sources that are pages of a web site.
    private static func createPages(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE pages(
                    source INTEGER PRIMARY KEY REFERENCES sources(id) ON DELETE CASCADE,
                    site TEXT NOT NULL,             -- the address that the crawl began at
                    media_type TEXT NOT NULL,       -- with its parameters
                    entity_tag TEXT,
                    last_modified TEXT,
                    links TEXT NOT NULL,            -- JSON array: the pages of the site that it leads to
                    checksum INTEGER NOT NULL
                ) STRICT;
                """)
    }

    /// Sources without text that are not faulty, and files inside of sources that were not read.
    private static func createUnread(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE unread(
                    source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
                    member TEXT,                    -- the path of the file in the source; NULL for the source itself
                    reason TEXT NOT NULL,
                    message TEXT NOT NULL,
                    checksum INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX unread_by_source ON unread(source);
                """)
    }

    /// The tables and indexes of a file of a version so far.
    static func definition(ofVersion version: String) throws -> SchemaDefinition? {
        try definitions[version]?.get()
    }

    private static let definitions = Dictionary(
        uniqueKeysWithValues: migrator { _ in }.migrations.map { version in
            let definition = Result {
                try SchemaDefinition { queue in
                    try migrator { try EngineTables.create(in: $0, dimension: nil, generation: 1) }
                        .migrate(queue, upTo: version)
                }
            }
            return (version, definition)
        })

    /// Whether no run has put anything into the index.
    static func isEmpty(in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT NOT EXISTS (SELECT 1 FROM sources) AND NOT EXISTS (SELECT 1 FROM runs)") == true
    }

    /// Whether no run has added anything to the index.
    static func isUnused(in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT EXISTS (SELECT 1 FROM runs) AND NOT EXISTS (SELECT 1 FROM vectors)
                    AND NOT EXISTS (
                        SELECT 1 FROM documents WHERE json_extract(metadata, '$.generatedBy') IS NOT NULL)
                """) == true
    }

    /// Drops all tables with their indexes.
    static func dropAll(in db: Database) throws {
        let tables = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        for table in tables { try db.drop(table: table) }
    }
}
