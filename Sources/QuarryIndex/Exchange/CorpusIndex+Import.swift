public import Foundation
import GRDB
import QuarryCore
import QuarrySQLite
import QuarryText

extension CorpusIndex {
    /// Makes an index of the lines that ``export(withVectors:onProgress:_:)`` wrote.
    ///
    /// Documents keep their source maps, and the paths and digests of their sources, so citations are as before. The words
    /// of the lexical index are made again. Texts without a vector wait for the next run. The index appears at its path
    /// when it is whole.
    ///
    /// Folders, files and web sites of the export are not inputs of the new index until a run names them: whoever wrote the
    /// lines does not choose what is read here. A run that names them finds their sources unchanged.
    /// - `onProgress`: Called after each commit with the number of documents so far and the number of all.
    /// - Throws: ``CorpusError`` with the code ``CorpusError/Code/input`` for a line, with its number, or if there is a
    ///   file at the path; with ``CorpusError/Code/otherVersion`` for an export of another form; `CancellationError`.
    ///   No file is left then.
    /// - Complexity: O(size of the lines), in the memory of the longest document and of all ids.
    @discardableResult
    public static func `import`(
        from input: FileHandle, to path: String, onProgress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> ExchangeReport {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CorpusError(.input, "There is already a file or folder \(path).")
        }
        try checkFolder(of: path)
        var lines = try ExportReader(input)
        let draft = "\(path).\(UUID().uuidString.prefix(8)).partial"
        defer { for end in ["", "-wal", "-shm", "-lock"] { unlink(draft + end) } }
        do {
            let index = try CorpusIndex.openOrCreate(at: draft, settings: lines.header.settings)
            var work = Import(index)
            try work.run(&lines, onProgress: onProgress)
            try await index.backUp(to: path)
            return work.report
        } catch let error as CorpusError where error.code == .diskFull {
            throw CorpusError(
                .diskFull, "The disk is full: \(path) could not be written. Free some space and try again.",
                underlyingError: error)
        }
    }
}

/// Writes the documents of an export into a new index.
private struct Import {
    /// About the bytes of the documents of a transaction.
    private static let transactionBytes = 8 << 20

    private let index: CorpusIndex
    /// The rows of the sources, by name.
    private var sources: [ExactText: (id: Int64, sha256: ContentHash?)] = [:]
    private(set) var report = ExchangeReport()

    init(_ index: CorpusIndex) { self.index = index }

    mutating func run(_ lines: inout ExportReader, onProgress: (Int, Int) -> Void) throws {
        var isAtEnd = false
        while !isAtEnd {
            var (batch, bytes) = ([ImportedDocument](), 0)
            while bytes < Self.transactionBytes, !isAtEnd {
                if let document = try lines.next() {
                    bytes += document.bytes
                    batch.append(document)
                } else {
                    isAtEnd = true
                }
            }
            try index.writeNow { try write(batch, in: $0) }
            onProgress(report.documents, lines.header.documents)
        }
        try index.writeNow { try finish(in: $0) }
        (report.folders, report.sites) = (lines.header.folders.map(\.path), lines.header.sites.keys.sorted())
    }

    private mutating func write(_ batch: [ImportedDocument], in db: Database) throws {
        if let generation = index.generation {
            // Where the writer looks for the vectors of texts.
            for document in batch {
                for (text, vector) in document.vectors {
                    try RetiredVectors.insert(vector, of: text, generation: generation, in: db)
                }
            }
        }
        let writer = try IndexWriter(db)
        for document in batch {
            try Task.checkCancellation()
            try writer.write(document.prepared, source: try row(of: document.source, writer))
            report.documents += 1
            report.chunks += document.prepared.chunks.count
            report.vectors += document.prepared.chunks.count { document.vectors[$0.sha256] != nil }
        }
        try writer.finish()
        try RetiredVectors.removeAll(in: db)
        guard let generation = index.generation else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO refused_texts(chunk, generation, message, checksum)
                SELECT id, ?1, ?2, row_checksum(id, ?1, ?2) FROM chunks WHERE sha256 = ?3
                """)
        for document in batch {
            for (text, message) in document.refused where document.vectors[text] == nil {
                try statement.execute(arguments: [generation, message, text.data])
            }
        }
    }

    private mutating func row(of source: ExportedSource, _ writer: IndexWriter) throws -> Int64 {
        if let known = sources[ExactText(source.name)] { return known.id }
        let row = SourceRow(
            name: source.name, root: nil, path: source.path, size: source.size, modified: source.modified,
            sha256: source.sha256 ?? ContentHash(of: ""), reader: source.reader)
        let id = try writer.upsertSource(row)
        try writer.store(source.page, of: id)
        sources[ExactText(source.name)] = (id, source.sha256)
        return id
    }

    /// Marks the sources as complete, and ends as a run does: an index without a run counts as unused.
    private func finish(in db: Database) throws {
        let writer = try IndexWriter(db)
        for source in sources.values {
            if let sha256 = source.sha256 { try writer.complete(source.id, sha256: sha256) }
        }
        let counts = "{\"chunks\":\(report.chunks),\"documents\":\(report.documents),\"imported\":true}"
        try RunTable.add(counts, in: db)
    }
}
