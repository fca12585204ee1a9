import Foundation
import GRDB
import QuarryBM25
import QuarryCore
import QuarrySQLite
import QuarryText
import QuarryVectorIndex

/// What an export or an import holds.
public struct ExchangeReport: Sendable, Hashable, Codable {
    public var documents = 0
    public var chunks = 0
    /// Chunks with a vector.
    public var vectors = 0
    /// The folders of the index that was exported. An import does not read them.
    public var folders: [String] = []
    /// The addresses of its web sites. An import does not fetch them.
    public var sites: [String] = []
}

extension CorpusIndex {
    /// Writes all documents of one snapshot as JSON Lines: the settings first, then each document before its chunks.
    ///
    /// ``import(from:to:onProgress:)`` makes an index with the same answers of them. The words of the lexical index, other
    /// generations of vectors, and notes about sources without a document are left out.
    /// - `withVectors`: Whether chunks have their vectors of ``generation``. The default is true.
    /// - `onProgress`: Called after each document with the number so far and the number of all.
    /// - `write`: Gets each line without its end.
    /// - Throws: ``CorpusError``; the errors of `write`; `CancellationError`.
    /// - Complexity: O(size of the file), in the memory of the longest document's source map and of the rows of `pages`.
    @discardableResult
    public func export(
        withVectors: Bool = true, onProgress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
        _ write: @escaping @Sendable (String) throws -> Void
    ) async throws -> ExchangeReport {
        try await read { [self] db in
            try checkGeneration(in: db)
            var export = Export(db, generation: withVectors ? generation : nil, write: write)
            try export.run(settings, onProgress: onProgress)
            return export.report
        }
    }
}

/// One export of one snapshot.
private struct Export {
    private let db: Database
    /// The generation of the vectors; nil for none.
    private let generation: Int64?
    private let write: (String) throws -> Void
    private let encoder = IndexWriter.jsonEncoder()
    private let analyzer = Analyzer()
    private(set) var report = ExchangeReport()

    init(_ db: Database, generation: Int64?, write: @escaping (String) throws -> Void) {
        (self.db, self.generation, self.write) = (db, generation, write)
    }

    mutating func run(_ settings: IndexSettings, onProgress: (Int, Int) -> Void) throws {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM documents") ?? 0
        let folders = try Row.fetchAll(db, sql: "SELECT path, name FROM roots ORDER BY path").map { row in
            let row = StoredRow(row, of: "roots")
            return ExportedFolder(path: try row.text(0), name: try row.text(1))
        }
        let header = ExportedHeader(
            settings: settings, folders: folders, inputs: try InputSelections(in: db).options,
            sites: try SiteSelections(in: db).options, documents: count, vectors: generation != nil)
        (report.folders, report.sites) = (folders.map(\.path), header.sites.keys.sorted())
        try write(header, of: "The settings")
        let pages = try StoredPage.all(in: db)
        // In the order of their chunks, so that an import gives chunks of equal scores the same order.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT \(CheckedTable.documents.qualifiedColumns), \(CheckedTable.sources.qualifiedColumns)
                FROM documents JOIN sources ON sources.id = documents.source ORDER BY documents.id
                """)
        while let row = try rows.next() {
            let (id, document) = try document(row, pages)
            let place = "The document “\(excerpt(document.id))”"
            try write(ExportedLine(document: document), of: place)
            let before = report.chunks
            try writeChunks(of: id, document, place)
            guard report.chunks - before == document.chunks else {
                throw StoredValueError(
                    place: "documents, row \(id)",
                    reason: "it has \(counted(report.chunks - before, "chunk")) instead of \(document.chunks)")
            }
            report.documents += 1
            onProgress(report.documents, count)
        }
        guard report.documents == count else {
            throw StoredValueError(
                place: "documents, source",
                reason: "\(counted(count - report.documents, "row")) without a row in sources")
        }
    }

    private func write(_ value: some Encodable, of place: @autoclosure () -> String) throws {
        let line = try encoder.encode(value)
        guard line.count <= LineReader.maximumBytes else {
            throw CorpusError(
                .input,
                "\(place()) needs a line of \(line.count) bytes; a line has at most \(LineReader.maximumBytes).")
        }
        try write(String(decoding: line, as: UTF8.self))
    }

    /// - `row`: The columns of `documents` and of `sources`, each with the checksum.
    private func document(_ row: Row, _ pages: [Int64: StoredPage]) throws -> (id: Int64, ExportedDocument) {
        let first = CheckedTable.documents.columns.count + 1
        let (stored, source) = (StoredRow(row, of: "documents"), StoredRow(row, of: "sources", key: first))
        try stored.check(0..<first - 1)
        try source.check(first..<first + CheckedTable.sources.columns.count)
        let decoder = JSONDecoder()
        let metadata = Data(try stored.text(5, atMost: PreparedDocument.maximumMetadata).utf8)
        guard let values = try? decoder.decode([String: MetadataValue].self, from: metadata),
            let links = try? decoder.decode([String].self, from: Data(try stored.text(6).utf8))
        else { throw stored.error(5, "it or the list of links is not JSON of its form") }
        let document = ExportedDocument(
            id: try stored.text(1), title: try stored.optional(3, stored.text),
            language: try stored.optional(4, stored.text), metadata: values, links: links,
            sha256: try stored.digest(7), sourceMap: try stored.blob(8), chunks: try stored.count(9),
            source: ExportedSource(
                name: try source.text(first + 1), root: try source.optional(first + 2, source.text),
                path: try source.optional(first + 3, source.text), size: try source.count(first + 4),
                modified: try source.integer(first + 5), sha256: try source.optional(first + 6, source.digest),
                reader: try source.text(first + 7), page: pages[try source.integer(first)]))
        return (try stored.integer(0), document)
    }

    private mutating func writeChunks(of row: Int64, _ document: ExportedDocument, _ place: String) throws {
        let analysis = ChunkAnalysis(
            analyzer, language: document.language.flatMap { Language(rawValue: $0) }, title: document.title)
        let columns = CheckedTable.chunks.columns.count
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(CheckedTable.chunks.qualifiedColumns),
                    (SELECT message FROM refused_texts WHERE chunk = chunks.id AND generation = ?2),
                    (SELECT checksum FROM bm25_chunks WHERE id = chunks.id)
                FROM chunks WHERE document = ?1 ORDER BY ordinal
                """)
        let rows = try Row.fetchCursor(statement, arguments: [row, generation])
        while let row = try rows.next().map({ StoredRow($0, of: "chunks") }) {
            try row.check(0..<columns)
            guard let headings = StoredHeadings.decode(try row.text(7)) else {
                throw row.error(7, "it is not a list of headings")
            }
            let id = ChunkID(try row.integer(0, in: 1...ChunkID.maximum))
            let (text, separator) = (try row.text(5), try row.text(6))
            var chunk = ExportedChunk(
                start: try row.count(3), end: try row.count(4), text: text, tokens: try row.count(9))
            if !separator.isEmpty { chunk.separator = separator }
            if !headings.isEmpty { chunk.headings = headings }
            chunk.tableHeader = try row.optional(8, row.text)
            let beginsWithTitle = analysis.beginsWithTitle(
                Chunk(
                    documentID: document.id, ordinal: 0, range: chunk.start..<chunk.end, text: text,
                    headings: headings, tokenCount: chunk.tokens),
                id: id, title: document.title, checksum: try row.optional(columns + 2, { try row.integer($0) }),
                guess: false)
            if beginsWithTitle { chunk.beginsWithTitle = true }
            if let generation, let vector = try VectorTable.vector(of: id, generation: generation, in: db) {
                chunk.vector = vector.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
                report.vectors += 1
            } else {
                chunk.refused = try row.optional(columns + 1, row.text)
            }
            try write(ExportedLine(chunk: chunk), of: place)
            report.chunks += 1
        }
    }
}
