import Foundation
import GRDB
public import QuarryCore
import QuarryReaders
import QuarrySQLite

/// The content and settings of an index.
public struct CorpusSummary: Sendable, Codable {
    /// Files and other inputs with a document.
    public var sources: Int
    /// Files of the index that turned out to have no text, by the raw value of the reason (`Rejection.Reason`).
    public var withoutText: [String: Int]
    /// Files inside of archives and mails that were not read, by the raw value of the reason.
    public var inside: [String: Int]
    /// Files with the same bytes as another one, besides that one.
    public var copies: Int
    public var documents: Int
    public var chunks: Int
    public var tokens: Int
    public var vectors: Int
    /// Documents by detected language (ISO 639-1).
    public var languages: [String: Int]
    public var fileBytes: Int
    /// The bytes of the file that deleted data leaves, without its content; new data uses them.
    public var unusedBytes: Int
    public var settings: IndexSettings
    public var quarantined: [Rejection]
    /// The warnings of the last reading of each source, by source and kind, without their messages.
    public var warnings: [SourceWarning]
    /// The files that the last run found in a format that Quarry cannot read, or that needs a model; nil if unknown.
    public var unreadFiles: Int?
    /// Passages that the model rejected. They have no vector and are found by their words.
    public var refusedTexts: Int
    /// Files that were read before the personal data was to be replaced that is replaced now, and not again since.
    public var unredactedSources: Int
    /// The end of the last run: ISO 8601, UTC.
    public var updated: String?
    /// The generations of vectors, by number. ``vectors``, ``refusedTexts`` and the model of ``settings`` are those of the
    /// live one.
    public var generations: [VectorGeneration]
}

extension CorpusIndex {
    /// The keys of the documents' metadata in alphabetical order, at most `limit`.
    /// - Throws: ``CorpusError``.
    /// - Complexity: O(size of all metadata).
    package func metadataKeys(limit: Int) throws -> [String] {
        try translatingErrors(path: path) {
            try pool.read { db in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT DISTINCT entries.key FROM documents, json_each(documents.metadata) AS entries
                        WHERE json_valid(documents.metadata) ORDER BY 1 LIMIT ?
                        """, arguments: [limit])
            }
        }
    }

    public func summary() throws -> CorpusSummary {
        try translatingErrors(path: path) {
            try pool.read { db in
                func count(_ table: String) throws -> Int {
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
                }
                let languages = try Row.fetchAll(db, sql: "SELECT language, documents FROM languages").map { row in
                    let row = StoredRow(row, of: "languages")
                    return (try row.text(0), try row.count(1))
                }
                let size = try SQLiteFile.size(in: db)
                let stored = try StoredInputs(db)
                let (withoutText, inside) = Self.leftOut(of: stored)
                let lastRun = try Row.fetchOne(
                    db, sql: "SELECT id, finished, report FROM runs ORDER BY id DESC LIMIT 1"
                )
                .map { StoredRow($0, of: "runs") }
                try checkGeneration(in: db)
                let counts = try generation.map { try GenerationTable.counts(of: $0, in: db) }
                return CorpusSummary(
                    sources: try Int.fetchOne(db, sql: "SELECT count(DISTINCT source) FROM documents") ?? 0,
                    withoutText: withoutText, inside: inside,
                    copies: try CopiedFile.count(in: db),
                    documents: try count("documents"),
                    chunks: try count("chunks"),
                    tokens: try Int.fetchOne(db, sql: "SELECT CAST(min(total(tokens), 9e15) AS INTEGER) FROM chunks")
                        ?? 0,
                    vectors: counts?.vectors ?? 0,
                    // Two texts of the file may be the same in another normal form.
                    languages: Dictionary(languages, uniquingKeysWith: +),
                    fileBytes: size.bytes, unusedBytes: size.unused,
                    settings: settings,
                    quarantined: try StoredInputs.quarantined(in: db, by: "source, line").map(\.rejection),
                    warnings: stored.sources.flatMap {
                        SourceWarning.counted(stored.warnings[$0.id] ?? [:], of: $0.name)
                    },
                    unreadFiles: try lastRun.flatMap { try Self.unreadFiles(ofRun: $0.text(2)) },
                    refusedTexts: counts?.refused ?? 0,
                    unredactedSources: try Int.fetchOne(
                        db, sql: "SELECT count(*) FROM sources WHERE instr(reader, ?1) = 0 AND ?1 != ''",
                        arguments: [(settings.reading ?? ReadingOptions()).redaction.versionSuffix]) ?? 0,
                    updated: try lastRun?.text(1),
                    generations: try VectorGeneration.all(in: db, path: path))
            }
        }
    }

    /// - `counts`: Those of `Indexer.RunCounts`.
    private static func unreadFiles(ofRun counts: String) throws -> Int? {
        struct Counts: Decodable { var unread: Int? }
        do {
            return try JSONDecoder().decode(Counts.self, from: Data(counts.utf8)).unread.map { max(0, $0) }
        } catch {
            throw StoredValueError(place: "runs", reason: "the counts of the last run cannot be read")
        }
    }

    /// What the last readings left out, by reason, as a run counts it.
    private static func leftOut(of stored: StoredInputs) -> (withoutText: [String: Int], inside: [String: Int]) {
        var (withoutText, inside): ([String: Int], [String: Int]) = ([:], [:])
        for source in stored.sources {
            let parts = source.leftOut(
                stored.unread[source.id] ?? [], hasText: !stored.withoutText.contains(source.id), as: source.name)
            for part in parts {
                if part.source == source.name {
                    withoutText[part.reason.rawValue, default: 0] += 1
                } else {
                    inside[part.reason.rawValue, default: 0] += 1
                }
            }
        }
        return (withoutText, inside)
    }
}
