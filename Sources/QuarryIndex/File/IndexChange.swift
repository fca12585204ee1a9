import Foundation
import QuarryCore
import QuarryReaders
import QuarryText

/// One change of the index. A run makes changes, and a writer applies them. The writer of a plan only counts.
enum IndexChange: Sendable {
    /// Stores the names of the roots and the new paths of moved roots.
    case folders(FolderNames, known: [NamedFolder])
    case move(StoredSource, to: FoundFile)
    /// Deletes rows of the quarantine that are checked again.
    case release([Int64])
    case quarantine(Rejection, root: String?)
    /// Stores the new time of a file whose content is the same.
    case touch(Int64, SourceRow)
    /// Opens a source for its documents, and deletes the errors of its last reading.
    case open(SourceRow)
    case write(PreparedDocument, source: String)
    case relocate(key: String, sourceMap: Data, source: String)
    /// All documents of the source were read: `keys` are its own, `refused` belong to another source.
    case close(
        SourceRow, keys: Set<ExactText>, rejections: [Rejection], refused: [String], unread: [UnreadPart],
        warnings: [Rejection.Reason: Int])
    /// Marks a source as incomplete while its documents are removed.
    case reopen(Int64)
    /// Removes a document, unless it now belongs to another source.
    case removeDocument(Int64, of: Int64)
    case removeSource(Int64)
    /// Stores what a server said about an unchanged page.
    case page(StoredPage, of: Int64)
    case complete(Int64, sha256: ContentHash)
    /// Deletes the vectors of replaced documents, after all sources are read.
    case forgetRetiredVectors
}

/// The new row of a source.
struct SourceRow: Sendable {
    /// The id of its row; nil for a new source.
    var id: Int64?
    var name: String
    var root: String?
    var path: String?
    var size: Int
    var modified: Int64
    var sha256: ContentHash
    /// The version of the reader that makes the documents.
    var reader: String
    /// Nil unless it is a page of a web site.
    var page: StoredPage?
}
