import Foundation
import QuarryCore

// The lines of an export: a header, then each document before its chunks.

/// The first line.
struct ExportedHeader: Codable {
    static let schema = "quarry.export/1"

    var schema = Self.schema
    /// With the model of the vectors.
    var settings: IndexSettings
    /// The folders whose files are in the index.
    var folders: [ExportedFolder]
    /// The options of the last run of each input: see `InputSelections`.
    var inputs: [String: InputOptions]
    /// The options of the last run of each web site, by address.
    var sites: [String: SiteOptions]
    var documents: Int
    /// Whether chunks have their vectors.
    var vectors: Bool
}

struct ExportedFolder: Codable, Hashable {
    /// Absolute.
    var path: String
    /// The start of the names of its sources.
    var name: String
}

/// A later line: one of the two.
struct ExportedLine: Codable {
    var document: ExportedDocument?
    var chunk: ExportedChunk?
}

struct ExportedDocument: Codable {
    var id: String
    var title: String?
    var language: String?
    var metadata: [String: MetadataValue]
    var links: [String]
    /// The digest by which a later run knows an unchanged document.
    var sha256: ContentHash
    /// In the form of `SourceMapCodec`.
    var sourceMap: Data
    /// The number of lines of chunks that follow.
    var chunks: Int
    var source: ExportedSource
}

/// The source that a document was read from.
struct ExportedSource: Codable, Hashable {
    var name: String
    var root: String?
    var path: String?
    var size: Int
    var modified: Int64
    /// Nil if a run was stopped before it had read all of the source.
    var sha256: ContentHash?
    var reader: String
    /// Nil unless it is a page of a web site.
    var page: StoredPage?
}

struct ExportedChunk: Codable {
    /// UTF-8 offsets into the document's text.
    var start: Int
    var end: Int
    var text: String
    /// The text between this chunk and the next; nil if there is none.
    var separator: String?
    var headings: [String]?
    var tableHeader: String?
    var tokens: Int
    /// True if the words of the first heading are those of the title, and are not counted twice.
    var beginsWithTitle: Bool?
    /// 32-bit floats, little-endian. The length of the vector is 1.
    var vector: Data?
    /// Why the model rejected the text.
    var refused: String?
}
