import Foundation
import QuarryCore
import QuarryReaders
import QuarrySQLite
import QuarryText

/// A document of an export, checked.
struct ImportedDocument {
    var prepared: PreparedDocument
    var source: ExportedSource
    /// The vectors by the digests of their texts.
    var vectors: [ContentHash: [Float]] = [:]
    /// Why the model rejected texts, by their digests.
    var refused: [ContentHash: String] = [:]
    /// About the memory that it takes.
    var bytes = 0
}

/// Reads the lines of an export and checks them. They may be a stranger's, or damaged.
struct ExportReader {
    /// The most bytes of one document, which is in memory until it is written.
    private static let maximumDocumentBytes = 1 << 30
    /// About the bytes of a chunk besides its text.
    private static let chunkBytes = 512

    let header: ExportedHeader
    private var lines: LineReader
    private let decoder = JSONDecoder()
    private let analyzer = Analyzer()
    private let folders: Set<ExactText>
    private var ids: Set<ExactText> = []
    private var sources: [ExactText: ExportedSource] = [:]
    private var paths: Set<ExactText> = []

    /// Reads the first line.
    ///
    /// - Throws: ``CorpusError``.
    init(_ input: FileHandle) throws {
        var lines = LineReader(input)
        guard let line = try lines.next() else { throw CorpusError(.input, "There is no line to import.") }
        header = try Self.header(in: line, decoder, number: lines.number)
        folders = Set(header.folders.map { ExactText($0.path) })
        self.lines = lines
    }

    private static func header(in line: Data, _ decoder: JSONDecoder, number: Int) throws -> ExportedHeader {
        struct Start: Decodable { var schema: String }
        guard let schema = (try? decoder.decode(Start.self, from: line))?.schema, schema.hasPrefix("quarry.export/")
        else {
            throw CorpusError(.input, "Line \(number) is not the beginning of an export (\(ExportedHeader.schema)).")
        }
        guard schema == ExportedHeader.schema else {
            throw CorpusError(
                .otherVersion,
                "Line \(number) begins an export of the form \(excerpt(schema)); this program reads "
                    + "\(ExportedHeader.schema).")
        }
        var header: ExportedHeader
        do {
            header = try decoder.decode(ExportedHeader.self, from: line)
        } catch {
            throw fault(error, line: number)
        }
        // The words are made again.
        header.settings.analyzerVersion = Analyzer.version
        if let reason = fault(in: header) { throw CorpusError(.input, "Line \(number): \(reason).") }
        return header
    }

    /// Why a header cannot be used; nil if it can.
    private static func fault(in header: ExportedHeader) -> String? {
        if let fault = header.settings.fault { return fault }
        do {
            try header.settings.chunking.validate()
        } catch {
            return "\(error)"
        }
        guard header.settings.embedding != nil || !header.vectors else {
            return "there are vectors, but no model of them"
        }
        guard header.documents >= 0 else { return "\(header.documents) is not a number of documents" }
        if let site = header.sites.first(where: { !$0.value.isValid }) {
            return "the options of the site “\(excerpt(site.key))” are out of range"
        }
        for folder in header.folders where !isPath(folder.path) {
            return "“\(excerpt(folder.path))” is not an absolute path"
        }
        let (paths, names) = (header.folders.map(\.path), header.folders.map(\.name))
        guard [paths, names].allSatisfy({ Set($0.map { ExactText($0) }).count == $0.count }) else {
            return "two folders have the same path or name"
        }
        return nil
    }

    private static func isPath(_ path: String) -> Bool { path.hasPrefix("/") && !path.utf8.contains(0) }

    private static func fault(_ error: any Error, line: Int) -> CorpusError {
        switch error {
        case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
            DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            return CorpusError(
                .input,
                "Line \(line)\(place.isEmpty ? "" : ", \(excerpt(place))"): \(excerpt(context.debugDescription))",
                underlyingError: error)
        default: return CorpusError(.input, "Line \(line) cannot be read.", underlyingError: error)
        }
    }

    private func fault(_ reason: String) -> CorpusError {
        CorpusError(.input, "Line \(lines.number): \(reason.hasSuffix(".") ? reason : reason + ".")")
    }

    private mutating func nextLine() throws -> ExportedLine? {
        try Task.checkCancellation()
        guard let line = try lines.next() else { return nil }
        do {
            return try decoder.decode(ExportedLine.self, from: line)
        } catch {
            throw Self.fault(error, line: lines.number)
        }
    }

    /// The next document with its chunks; nil at the end of the lines.
    ///
    /// - Throws: ``CorpusError`` with the number of the line; `CancellationError`.
    mutating func next() throws -> ImportedDocument? {
        guard let line = try nextLine() else {
            guard ids.count == header.documents else {
                throw CorpusError(
                    .input, "The lines end after \(counted(ids.count, "document")) of \(header.documents).")
            }
            return nil
        }
        guard let document = line.document, line.chunk == nil else { throw fault("a document should be here") }
        let map = try check(document)
        let language = document.language.flatMap { Language(rawValue: $0) }
        let read = Document(
            id: document.id, title: document.title, text: "", metadata: document.metadata, sourceMap: map,
            links: document.links)
        if let reason = try DocumentPreparation.metadataFault(of: read) { throw fault(reason) }
        var imported = ImportedDocument(
            prepared: PreparedDocument(
                document: read, language: language, sha256: document.sha256, chunks: [],
                analysis: ChunkAnalysis(analyzer, language: language, title: document.title)),
            source: document.source, bytes: document.sourceMap.count + Self.chunkBytes)
        var end = 0
        while imported.prepared.chunks.count < document.chunks {
            guard let line = try nextLine() else {
                throw CorpusError(.input, "The lines end within “\(excerpt(document.id))”.")
            }
            guard let chunk = line.chunk, line.document == nil else {
                let found = imported.prepared.chunks.count
                throw fault("“\(excerpt(document.id))” has \(counted(found, "chunk")) instead of \(document.chunks)")
            }
            end = try add(chunk, after: end, to: &imported)
        }
        let length = map.segments.last?.cleanEnd ?? 0
        if let last = imported.prepared.chunks.last, length < last.chunk.range.upperBound || length > end {
            throw fault("the source map of “\(excerpt(document.id))” ends at byte \(length), its text at \(end)")
        }
        return imported
    }

    /// Checks a document and its source, and notes them.
    private mutating func check(_ document: ExportedDocument) throws -> SourceMap {
        guard !document.id.isEmpty, ids.insert(ExactText(document.id)).inserted else {
            throw fault("the id “\(excerpt(document.id))” is empty, or another document has it")
        }
        guard ids.count <= header.documents else {
            throw fault("there are more documents than \(header.documents), the number of the first line")
        }
        guard let map = SourceMapCodec.decode(document.sourceMap) else {
            throw fault("the source map of “\(excerpt(document.id))” is not valid")
        }
        guard (0...Int(Int32.max)).contains(document.chunks) else {
            throw fault("\(document.chunks) is not a number of chunks")
        }
        if let language = document.language, Language(rawValue: language) == nil {
            throw fault("the language “\(excerpt(language))” is unknown")
        }
        try check(document.source)
        return map
    }

    private mutating func check(_ source: ExportedSource) throws {
        guard !source.name.isEmpty, (0...1 << 42).contains(source.size) else {
            throw fault("the name of the source is empty, or its size \(source.size) is out of range")
        }
        if let known = sources[ExactText(source.name)] {
            guard known == source else {
                throw fault("the source “\(excerpt(source.name))” is not the same as in an earlier line")
            }
            return
        }
        if let path = source.path {
            guard Self.isPath(path), paths.insert(ExactText(path)).inserted else {
                throw fault("“\(excerpt(path))” is not an absolute path, or another source has it")
            }
            guard
                source.root == nil || source.root == path
                    || enclosing(path).contains(where: { folders.contains(ExactText($0)) })
            else { throw fault("“\(excerpt(path))” is in none of the folders of the first line") }
        } else if source.root != nil {
            throw fault("the source “\(excerpt(source.name))” has a folder, but no path")
        }
        sources[ExactText(source.name)] = source
    }

    /// - `end`: Where the chunk before ends, with its separator.
    /// - Returns: Where this chunk ends.
    private func add(_ chunk: ExportedChunk, after end: Int, to imported: inout ImportedDocument) throws -> Int {
        let number = imported.prepared.chunks.count
        guard 0 <= chunk.start, chunk.start <= chunk.end, chunk.end <= SourceMapCodec.maximumOffset,
            chunk.text.utf8.count == chunk.end - chunk.start
        else {
            throw fault("the text has \(chunk.text.utf8.count) bytes, not those from \(chunk.start) to \(chunk.end)")
        }
        guard number == 0 || chunk.start <= end else { throw fault("there is a gap before byte \(chunk.start)") }
        guard (0...Int(Int32.max)).contains(chunk.tokens) else {
            throw fault("\(chunk.tokens) is not a number of tokens")
        }
        let made = Chunk(
            documentID: imported.prepared.document.id, ordinal: number, range: chunk.start..<chunk.end,
            text: chunk.text, headings: chunk.headings ?? [], tableHeader: chunk.tableHeader, tokenCount: chunk.tokens)
        let prepared = PreparedChunk(
            chunk: made, separator: chunk.separator ?? "", sha256: ContentHash(of: made.contextualText),
            beginsWithTitle: chunk.beginsWithTitle ?? false, terms: nil)
        imported.prepared.chunks.append(prepared)
        guard header.vectors || (chunk.vector == nil && chunk.refused == nil) else {
            throw fault("there is a vector, or the reason for a missing one, but the first line has no vectors")
        }
        if let bytes = chunk.vector { imported.vectors[prepared.sha256] = try vector(bytes) }
        if let message = chunk.refused { imported.refused[prepared.sha256] = message }
        let texts = made.headings.reduce(chunk.text.utf8.count + prepared.separator.utf8.count) {
            $0 + $1.utf8.count + MemoryLayout<String>.size
        }
        imported.bytes += Self.chunkBytes + texts + (chunk.vector?.count ?? 0) + (chunk.refused?.utf8.count ?? 0)
        imported.bytes += chunk.tableHeader?.utf8.count ?? 0
        guard imported.bytes <= Self.maximumDocumentBytes else {
            throw fault("“\(excerpt(made.documentID))” needs more than \(Self.maximumDocumentBytes) bytes")
        }
        return chunk.end + prepared.separator.utf8.count
    }

    private func vector(_ bytes: Data) throws -> [Float] {
        let dimension = header.settings.embedding?.dimension ?? 0
        guard bytes.count == dimension * 4 else {
            throw fault("the vector has \(bytes.count) bytes instead of \(dimension * 4)")
        }
        let vector = bytes.withUnsafeBytes { bytes in
            (0..<dimension).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }
        guard length.isFinite, length > 0 else { throw fault("the vector is zero, infinite or not a number") }
        return vector
    }
}
